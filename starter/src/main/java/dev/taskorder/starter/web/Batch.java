package dev.taskorder.starter.web;

import dev.taskorder.api.order.Limits;
import dev.taskorder.starter.problem.Problem;
import dev.taskorder.starter.problem.ProblemCode;
import dev.taskorder.starter.problem.ProblemException;
import dev.taskorder.starter.problem.TraceIds;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Many bodies in one: each is read, judged and answered on its own, in the order given.
 *
 * @param <T> what one body is read as
 */
public final class Batch<T> {
    private final List<JsonNode> items;
    private final boolean mayHoldTooLarge;
    private final List<T> read = new ArrayList<>();
    /** One place per item: its problem, or null for one that was read. */
    private final List<@Nullable Problem> refused = new ArrayList<>();

    private int accepted;
    private @Nullable Problem refusal;

    private Batch(List<JsonNode> items, boolean mayHoldTooLarge) {
        this.items = items;
        this.mayHoldTooLarge = mayHoldTooLarge;
    }

    /**
     * The items of a batch, still unread.
     *
     * @throws ProblemException if it is no batch at all: bad JSON, too many items, other members
     */
    public static <T> Batch<T> read(HttpServletRequest request, String name) throws IOException {
        ObjectNode body = JsonBody.read(request, Limits.BATCH_BODY_BYTES_MAX);
        Violations violations = new Violations();
        Fields fields = Fields.ofBatch(body, violations);
        fields.allowOnly(Set.of(name), other -> false);
        List<JsonNode> items = fields.items(name, Limits.BATCH_ORDERS_MAX);
        violations.refuseIfAny();
        return new Batch<>(
                items, request.getContentLengthLong() < 0 || request.getContentLengthLong() > Limits.BODY_BYTES_MAX);
    }

    public int size() {
        return items.size();
    }

    /** From this place on nothing is read, and all have this answer. */
    public void refuseFrom(int place, Problem why) {
        accepted = place;
        refusal = why;
    }

    /** Reads each item; one that is refused keeps its place. */
    public void readEach(Function<ObjectNode, T> reader) {
        for (JsonNode item : items) {
            if (refusal != null && refused.size() >= accepted) {
                refused.add(refusal);
                continue;
            }
            try {
                read.add(reader.apply(bodyOf(item)));
                refused.add(null);
            } catch (ProblemException e) {
                refused.add(e.problem());
            }
        }
    }

    /** Does the work for all that were read, in one go, and puts results and refusals in the order given. */
    public <R> Map<String, List<Map<String, Object>>> answer(
            Function<List<T>, List<R>> work, Function<R, Map<String, Object>> shown) {
        List<R> results = read.isEmpty() ? List.of() : work.apply(read);
        List<Map<String, Object>> answers = new ArrayList<>(refused.size());
        int next = 0;
        for (Problem problem : refused) {
            answers.add(problem == null ? entryOf(results.get(next++), shown) : entry(problem));
        }
        return Map.of("results", answers);
    }

    /** One place of the answer. */
    public static Map<String, Object> entry(int status, String name, Object value) {
        Map<String, Object> entry = new LinkedHashMap<>();
        entry.put("status", status);
        entry.put(name, value);
        return entry;
    }

    private ObjectNode bodyOf(JsonNode item) {
        if (!(item instanceof ObjectNode body)) {
            throw new ProblemException(ProblemCode.INVALID_REQUEST, "", "must be a JSON object, was " + Shown.of(item));
        }
        if (mayHoldTooLarge) {
            Violations violations = new Violations();
            Hygiene.check(body, violations);
            violations.refuseIfAny();
            int bytes = JsonBody.sizeOf(body);
            if (bytes > Limits.BODY_BYTES_MAX) {
                throw JsonBody.tooLarge(bytes + " bytes", Limits.BODY_BYTES_MAX);
            }
        }
        return body;
    }

    private static <R> Map<String, Object> entryOf(R result, Function<R, Map<String, Object>> shown) {
        try {
            return shown.apply(result);
        } catch (ProblemException e) {
            return entry(e.problem());
        }
    }

    private static Map<String, Object> entry(Problem problem) {
        return entry(problem.code().status(), "problem", problem.document(TraceIds.current()));
    }
}
