package dev.taskorder.activities.order;

import dev.taskorder.api.order.CreateResult;
import dev.taskorder.api.order.TaskOrder;
import dev.taskorder.api.order.TaskOrderSpec;
import dev.taskorder.api.policy.Policy;
import dev.taskorder.api.tenant.TenantId;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * Orders that follow from the end of others: which are due, in the order of the events, and how far one came. Whoever dies in between
 * leaves all since {@link #passed} to the next, whose creates find what is there already.
 */
public interface FollowUps {
    /** Tenants that have or had rules, and events that were not looked at yet. Not within a tenant's transaction. */
    List<TenantId> tenantsWithNews();

    /** The bound tenant's next; nothing if there are no events, they are paused, or the tenant may begin nothing now. */
    Optional<Batch> next();

    /** By the code of any create, under the policy in force. */
    CreateResult create(TaskOrderSpec spec, Due due);

    /** All up to {@code seq} is dealt with, and this is what came to nothing; without effect if another process was faster. */
    void passed(Batch batch, long seq, List<Refusal> refusals);

    /** Not now: again after a while that grows from time to time. */
    void delay();

    /**
     * Events that nobody dealt with yet.
     *
     * @param after the last one that was dealt with
     * @param through the last one that was looked at
     * @param delays how often in a row they were put off
     * @param due what is to be created for them
     */
    record Batch(long after, long through, int delays, List<Due> due) {}

    /**
     * What one rule creates for one end.
     *
     * @param seq of the event that the order ended with
     */
    record Due(long seq, TaskOrder order, Policy.FollowUp rule) {
        /** The same whenever this order ends so again, and whoever asks. */
        public String key() {
            return "follow_up:" + rule.id() + ":" + order.taskId();
        }
    }

    /** What a rule asked for and did not get. */
    record Refusal(UUID taskId, String rule, String code, String reason) {}
}
