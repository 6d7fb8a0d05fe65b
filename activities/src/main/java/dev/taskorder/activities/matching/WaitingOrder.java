package dev.taskorder.activities.matching;

import dev.taskorder.api.order.ResourceHint;
import dev.taskorder.api.policy.Policy;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * An order that waits for leases, as the matcher sees it.
 *
 * @param retentionKey under which assets were kept for it, and will be; null if it leaves none
 * @param waitedMs since the matcher owes it leases, by the database's clock
 * @param between what it has and had already, if it waits between two attempts; null in the queue
 */
record WaitingOrder(
        UUID taskId,
        String demand,
        int priority,
        Instant createdAt,
        long waitedMs,
        String currency,
        Means means,
        @Nullable BigDecimal businessValueHint,
        String taskType,
        @Nullable String taskCategory,
        int policyVersion,
        List<ResourceHint> hints,
        BigDecimal minHealthScore,
        boolean noDatacenterIp,
        @Nullable String retentionKey,
        @Nullable Between between) {

    /**
     * What it may spend.
     *
     * @param maxTotalCost its ceiling over all attempts; null for none
     * @param committed what it has spent and what is held for it
     * @param held what of that is held
     * @param retries how many retries it has used up
     * @param maxRetries its constraint; null where its policy decides
     * @param noDowngrade whether it takes nothing cheaper in place of what it is due
     */
    record Means(
            String projectId,
            @Nullable BigDecimal maxTotalCost,
            BigDecimal committed,
            BigDecimal held,
            int retries,
            @Nullable Integer maxRetries,
            boolean noDowngrade) {
        private Means withMaxTotalCost(BigDecimal other) {
            return new Means(projectId, other, committed, held, retries, maxRetries, noDowngrade);
        }
    }

    /**
     * An order between two attempts.
     *
     * @param kept hint and asset of the leases that it still holds
     * @param avoided assets that it gave back because they were bad, or that were taken from it
     */
    record Between(List<Kept> kept, Set<String> avoided) {}

    record Kept(int hintIndex, String assetId) {}

    /** How many assets the hint still wants. */
    int missing(int hint) {
        int wanted = hints.get(hint).minCount();
        return between == null
                ? wanted
                : wanted
                        - (int) between.kept().stream()
                                .filter(lease -> lease.hintIndex() == hint)
                                .count();
    }

    /** Whether it still has the asset from its last attempt. */
    boolean holds(String assetId) {
        return between != null
                && between.kept().stream().anyMatch(lease -> lease.assetId().equals(assetId));
    }

    /** How many leases it still has from its last attempt. */
    int keeps() {
        return between == null ? 0 : between.kept().size();
    }

    /** What it gave back, or had taken from it. */
    Set<String> avoided() {
        return between == null ? Set.of() : between.avoided();
    }

    String projectId() {
        return means.projectId();
    }

    @Nullable
    BigDecimal maxTotalCost() {
        return means.maxTotalCost();
    }

    /** What it has spent, and what is held for it. */
    BigDecimal spent() {
        return means.committed();
    }

    /** Whether it takes what it prefers of what is free, or nothing. */
    boolean noDowngrade() {
        return means.noDowngrade();
    }

    /** How many attempts it may still make, the one that it waits for included. */
    int attemptsLeft(Policy.Defaults policy) {
        Integer own = means.maxRetries();
        int max = own == null ? policy.maxRetries() : own;
        return Math.max(1, max - means.retries() + 1);
    }

    /** Whether its own ceiling leaves room for so much more. */
    boolean bears(BigDecimal more) {
        return maxTotalCost() == null || spent().add(more).compareTo(maxTotalCost()) <= 0;
    }

    WaitingOrder with(Between has) {
        return with(priority, means, has);
    }

    WaitingOrder withPriority(int other) {
        return with(other, means, between);
    }

    WaitingOrder withMaxTotalCost(BigDecimal other) {
        return with(priority, means.withMaxTotalCost(other), between);
    }

    /** The least priority with which it would come before that one; more than 100 if there is none. */
    int priorityToPass(WaitingOrder other) {
        boolean older = Round.QUEUE_ORDER.compare(withPriority(other.priority), other) < 0;
        return older ? other.priority : other.priority + 1;
    }

    private WaitingOrder with(int newPriority, Means newMeans, @Nullable Between has) {
        return new WaitingOrder(
                taskId,
                demand,
                newPriority,
                createdAt,
                waitedMs,
                currency,
                newMeans,
                businessValueHint,
                taskType,
                taskCategory,
                policyVersion,
                hints,
                minHealthScore,
                noDatacenterIp,
                retentionKey,
                has);
    }
}
