package dev.taskorder.starter.order;

import dev.taskorder.api.order.DeadLetters;
import dev.taskorder.api.order.Limits;
import dev.taskorder.api.order.RedriveResult;
import dev.taskorder.api.tenant.Caller;
import dev.taskorder.starter.problem.ProblemCode;
import dev.taskorder.starter.problem.ProblemException;
import dev.taskorder.starter.role.InRole;
import dev.taskorder.starter.role.Role;
import dev.taskorder.starter.web.BeginsWork;
import dev.taskorder.starter.web.Fields;
import dev.taskorder.starter.web.JsonBody;
import dev.taskorder.starter.web.PathIds;
import dev.taskorder.starter.web.Query;
import dev.taskorder.starter.web.TextRule;
import dev.taskorder.starter.web.Violations;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** Orders that wait for a person: why there are any, and one more try. */
@RestController
@InRole(Role.API)
@RequestMapping(path = TaskOrderController.PATH, produces = MediaType.APPLICATION_JSON_VALUE)
final class DeadLetterController {
    private final DeadLetters deadLetters;

    DeadLetterController(DeadLetters deadLetters) {
        this.deadLetters = deadLetters;
    }

    @PostMapping("/{task_id}/redrive")
    @BeginsWork
    ResponseEntity<TaskOrderResponse> redrive(
            HttpServletRequest request, @PathVariable("task_id") String taskId, Caller caller) throws IOException {
        Query.refuseAny(request);
        UUID id = PathIds.uuid("task_id", taskId);
        Violations violations = new Violations();
        Fields fields = Fields.ofBody(JsonBody.readOptional(request, Limits.BODY_BYTES_MAX), violations);
        fields.allowOnly(Set.of("reason"), name -> false);
        String reason = fields.optionalText("reason", TextRule.REASON);
        violations.refuseIfAny();
        return redriven(deadLetters.redrive(id, reason == null || reason.isBlank() ? null : reason, caller));
    }

    private static ResponseEntity<TaskOrderResponse> redriven(RedriveResult result) {
        if (result instanceof RedriveResult.Redriven redriven) {
            TaskOrderResponse body = TaskOrderResponse.of(redriven.order());
            return ResponseEntity.accepted().eTag(body.eTag()).body(body);
        }
        if (result instanceof RedriveResult.IllegalTransition other) {
            String detail =
                    "the task order is " + other.order().state().status() + ", and only a DEAD_LETTER is redriven";
            throw new ProblemException(ProblemCode.ILLEGAL_TRANSITION, detail);
        }
        if (result instanceof RedriveResult.Refused refused) {
            throw Answers.refusal(refused.because());
        }
        throw Answers.notFound();
    }

    /** Dead letters by reason; the names are those of the answer. */
    record Summary(long total, List<Reason> items) {}

    record Reason(
            String resultCode,
            @Nullable String reason,
            long count,
            Instant firstAt,
            Instant lastAt,
            UUID exampleTaskId) {
        static Reason of(DeadLetters.Reason one) {
            return new Reason(one.resultCode(), one.reason(), one.count(), one.firstAt(), one.lastAt(), one.example());
        }
    }

    @GetMapping("/dead-letters/summary")
    Summary summary(HttpServletRequest request) {
        Query query = Query.ofReport(request, "env");
        String env = query.text("env", TextRule.ENV);
        query.refuseIfAny();
        DeadLetters.Summary summary = deadLetters.summary(env);
        return new Summary(
                summary.total(), summary.reasons().stream().map(Reason::of).toList());
    }
}
