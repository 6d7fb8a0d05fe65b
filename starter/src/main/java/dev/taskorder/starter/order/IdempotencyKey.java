package dev.taskorder.starter.order;

import dev.taskorder.starter.problem.ProblemCode;
import dev.taskorder.starter.problem.ProblemException;
import dev.taskorder.starter.web.PathIds;
import dev.taskorder.starter.web.TextRule;
import jakarta.servlet.http.HttpServletRequest;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The {@code Idempotency-Key} header. */
final class IdempotencyKey {
    static final String HEADER = "Idempotency-Key";
    private static final String POINTER_NAME = "idempotency_key";

    private IdempotencyKey() {}

    /**
     * The key, or null if the header is not there.
     *
     * @throws ProblemException if it is there twice, empty, too long, or not UTF-8
     */
    static @Nullable String of(HttpServletRequest request) {
        List<String> values = Collections.list(request.getHeaders(HEADER));
        if (values.isEmpty()) {
            return null;
        }
        if (values.size() > 1) {
            throw invalid("must be there once, as the Idempotency-Key header");
        }
        return PathIds.text(POINTER_NAME, decoded(values.get(0)), TextRule.IDEMPOTENCY_KEY);
    }

    /** The container reads headers byte by byte as Latin-1; callers mean UTF-8, as in a body. */
    private static String decoded(String latin1) {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(latin1.getBytes(StandardCharsets.ISO_8859_1)))
                    .toString();
        } catch (CharacterCodingException e) {
            throw invalid("must be UTF-8");
        }
    }

    static ProblemException invalid(String message) {
        return new ProblemException(ProblemCode.INVALID_REQUEST, "/" + POINTER_NAME, message);
    }
}
