package dev.taskorder.starter.event;

import dev.taskorder.starter.problem.ProblemCode;
import dev.taskorder.starter.problem.ProblemException;
import dev.taskorder.starter.web.Shown;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Collections;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The {@code Last-Event-ID} header: the seq after which a stream goes on. */
final class LastEventId {
    private static final String HEADER = "Last-Event-ID";
    /** What a number in JSON can say exactly. */
    static final long SEQ_MAX = (1L << 53) - 1;

    private static final Pattern DIGITS = Pattern.compile("[0-9]{1,16}");

    private LastEventId() {}

    /**
     * The number, or null if the header is not there.
     *
     * @throws ProblemException if it is there twice, or is no seq
     */
    static @Nullable Long of(HttpServletRequest request) {
        List<String> values = Collections.list(request.getHeaders(HEADER));
        if (values.isEmpty()) {
            return null;
        }
        if (values.size() == 1 && DIGITS.matcher(values.get(0)).matches()) {
            long number = Long.parseLong(values.get(0));
            if (number <= SEQ_MAX) {
                return number;
            }
        }
        throw new ProblemException(
                ProblemCode.INVALID_REQUEST,
                "/last_event_id",
                "must be there once, as the Last-Event-ID header, a whole number from 0 to " + SEQ_MAX + ", was "
                        + Shown.of(String.join(", ", values)));
    }
}
