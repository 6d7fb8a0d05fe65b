package dev.taskorder.starter.order;

import dev.taskorder.activities.order.FollowUps;
import dev.taskorder.activities.order.FollowUps.Batch;
import dev.taskorder.activities.order.FollowUps.Due;
import dev.taskorder.activities.order.FollowUps.Refusal;
import dev.taskorder.api.order.Chain;
import dev.taskorder.api.order.CreateResult;
import dev.taskorder.api.policy.Policies;
import dev.taskorder.starter.problem.Problem;
import dev.taskorder.starter.problem.ProblemCode;
import dev.taskorder.starter.problem.ProblemException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Creates what follows from the ends of orders. At least once, and with keys that make it once. */
public final class FollowUpHandler {
    private static final Logger log = LoggerFactory.getLogger(FollowUpHandler.class);
    /** Within some minutes, for a delay grows up to one. Only what the database itself remembers is counted, so none is while it is away. */
    private static final int TRIES_MAX = 8;

    private static final int ERRORS_MAX = 10;

    private final FollowUps followUps;
    private final Policies policies;

    public FollowUpHandler(FollowUps followUps, Policies policies) {
        this.followUps = followUps;
        this.policies = policies;
    }

    /** The bound tenant's next events; whether there may be more to do at once. */
    public boolean handle() {
        Optional<Batch> next = followUps.next();
        next.ifPresent(this::handle);
        return next.isPresent();
    }

    private void handle(Batch batch) {
        List<Refusal> refusals = new ArrayList<>();
        for (Due due : batch.due()) {
            if (!isDealtWith(due, batch.delays() < TRIES_MAX, refusals)) {
                // often the same for all that come after it, so the place in the line is kept
                List<Refusal> before = refusals.stream()
                        .filter(refusal -> !refusal.taskId().equals(due.order().taskId()))
                        .toList();
                followUps.passed(batch, due.seq() - 1, before);
                followUps.delay();
                return;
            }
        }
        followUps.passed(batch, batch.through(), refusals);
    }

    /** Not, where there is no room now, or nobody knows why it failed and it is worth another try. */
    private boolean isDealtWith(Due due, boolean mayTryAgain, List<Refusal> refusals) {
        if (due.order().state().chain().depth() >= Chain.DEPTH_MAX) {
            String reason = "it would be the order number " + (Chain.DEPTH_MAX + 1) + " that follows from another";
            refusals.add(refusal(due, "chain_too_deep", reason));
            return true;
        }
        try {
            CreateResult result = created(due);
            boolean isThere = result instanceof CreateResult.Created || result instanceof CreateResult.Replayed;
            if (!isThere && !(result instanceof CreateResult.QuotaExceeded)) {
                throw Answers.refusal(result);
            }
            return isThere;
        } catch (ProblemException refused) {
            refusals.add(refusal(due, refused.problem().code().code(), reasonOf(refused.problem())));
            return true;
        } catch (RuntimeException fault) {
            log.warn(
                    "what follows could not be created task={} rule={}",
                    due.order().taskId(),
                    due.rule().id(),
                    fault);
            if (!mayTryAgain) {
                refusals.add(refusal(due, ProblemCode.INTERNAL_ERROR.code(), "it failed " + TRIES_MAX + " times"));
            }
            return !mayTryAgain;
        }
    }

    private CreateResult created(Due due) {
        String currency = policies.active().policy().currency();
        return followUps.create(FollowUpTemplate.filled(due.rule().create(), due.order(), due.key(), currency), due);
    }

    /** All that was wrong, not only the first of it. */
    private static String reasonOf(Problem problem) {
        String all = problem.errors().stream()
                .map(error -> error.pointer() + " " + error.message())
                .limit(ERRORS_MAX)
                .collect(Collectors.joining("; "));
        return all.isEmpty() ? problem.detail() : all;
    }

    private static Refusal refusal(Due due, String code, String reason) {
        return new Refusal(due.order().taskId(), due.rule().id(), code, reason);
    }
}
