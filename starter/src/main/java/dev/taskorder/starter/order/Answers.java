package dev.taskorder.starter.order;

import dev.taskorder.api.order.CreateResult;
import dev.taskorder.api.order.TaskOrder;
import dev.taskorder.starter.problem.Problem;
import dev.taskorder.starter.problem.ProblemCode;
import dev.taskorder.starter.problem.ProblemException;
import java.util.List;
import java.util.stream.Collectors;
import org.springframework.http.HttpHeaders;

/** What a create comes to in HTTP, for the single call and for one order of a batch alike. */
final class Answers {
    static final int CREATED = 201;
    private static final int REPLAYED = 200;

    private Answers() {}

    /** An order and the status it is answered with: 201 when new, 200 when repeated. */
    record Ordered(int status, TaskOrder order) {}

    /** @throws ProblemException if the order was refused */
    static Ordered of(CreateResult result) {
        if (result instanceof CreateResult.Created created) {
            return new Ordered(CREATED, created.order());
        }
        if (result instanceof CreateResult.Replayed replayed) {
            return new Ordered(REPLAYED, replayed.order());
        }
        throw refusal(result);
    }

    /** Why an order was refused, be it new or one that is to begin once more. */
    static ProblemException refusal(CreateResult result) {
        if (result instanceof CreateResult.KeyReused reused) {
            return new ProblemException(keyReused(reused.differingFields()));
        }
        if (result instanceof CreateResult.NotAllowed refused) {
            return new ProblemException(
                    refused(ProblemCode.NOT_ALLOWED_BY_POLICY, "the policy does not allow", refused.objections()));
        }
        if (result instanceof CreateResult.NeverSatisfiable refused) {
            return new ProblemException(refused(
                    ProblemCode.NEVER_SATISFIABLE,
                    "even idle, the tenant's pool could not serve",
                    refused.objections()));
        }
        if (result instanceof CreateResult.QuotaExceeded full) {
            return new ProblemException(quotaExceeded(full));
        }
        throw new IllegalStateException("no refusal: " + result);
    }

    /** The same answer for an order that is not there and for one of another tenant. */
    static ProblemException notFound() {
        return new ProblemException(ProblemCode.NOT_FOUND, "there is no such task order");
    }

    /** @param several what is wrong where more than one part is */
    private static Problem refused(ProblemCode code, String several, List<CreateResult.Objection> objections) {
        CreateResult.Objection first = objections.get(0);
        String detail = objections.size() == 1
                ? first.pointer() + " " + first.message()
                : several + " "
                        + objections.stream()
                                .map(CreateResult.Objection::pointer)
                                .collect(Collectors.joining(", "));
        return Problem.of(
                code,
                detail,
                objections.stream()
                        .map(one -> new Problem.FieldError(one.pointer(), one.message()))
                        .toList());
    }

    /** Any end makes room, so that nobody knows when: the least that the header can say. */
    private static Problem quotaExceeded(CreateResult.QuotaExceeded full) {
        String detail = "the tenant has " + full.count() + " open task orders, and its policy's quotas.open_orders is "
                + full.limit() + "; each order that ends makes room for another";
        return Problem.of(ProblemCode.QUOTA_EXCEEDED, detail)
                .withExtension("quota", "open_orders")
                .withExtension("limit", full.limit())
                .withExtension("count", full.count())
                .withHeader(HttpHeaders.RETRY_AFTER, "1");
    }

    private static Problem keyReused(List<String> differingFields) {
        String detail =
                "the idempotency key was used before, with other values of " + String.join(", ", differingFields);
        return Problem.of(ProblemCode.IDEMPOTENCY_KEY_REUSED, detail)
                .withExtension("differing_fields", differingFields);
    }
}
