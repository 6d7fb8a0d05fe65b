package dev.taskorder.starter.order;

import dev.taskorder.activities.order.FollowUps;
import dev.taskorder.activities.order.FollowUps.Batch;
import dev.taskorder.activities.order.FollowUps.Due;
import dev.taskorder.activities.order.FollowUps.Refusal;
import dev.taskorder.api.order.Chain;
import dev.taskorder.api.order.CreateResult;
import dev.taskorder.api.policy.Policies;
import dev.taskorder.starter.problem.ProblemException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Creates what follows from the ends of orders. At least once, and with keys that make it once. */
public final class FollowUpHandler {
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
            Optional<CreateResult> result = created(due, refusals);
            if (result.isPresent() && result.get() instanceof CreateResult.QuotaExceeded) {
                // the same for all that come after it, so the place in the line is kept
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

    /** Nothing if it was not even tried. */
    private Optional<CreateResult> created(Due due, List<Refusal> refusals) {
        if (due.order().state().chain().depth() >= Chain.DEPTH_MAX) {
            String reason = "it would be the order number " + (Chain.DEPTH_MAX + 1) + " that follows from another";
            refusals.add(refusal(due, "chain_too_deep", reason));
            return Optional.empty();
        }
        try {
            CreateResult result = followUps.create(
                    FollowUpTemplate.filled(
                            due.rule().create(),
                            due.order(),
                            due.key(),
                            policies.active().policy().currency()),
                    due);
            boolean isThere = result instanceof CreateResult.Created || result instanceof CreateResult.Replayed;
            if (!isThere && !(result instanceof CreateResult.QuotaExceeded)) {
                throw Answers.refusal(result);
            }
            return Optional.of(result);
        } catch (ProblemException refused) {
            refusals.add(refusal(
                    due, refused.problem().code().code(), refused.problem().detail()));
            return Optional.empty();
        }
    }

    private static Refusal refusal(Due due, String code, String reason) {
        return new Refusal(due.order().taskId(), due.rule().id(), code, reason);
    }
}
