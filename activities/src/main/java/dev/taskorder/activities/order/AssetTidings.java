package dev.taskorder.activities.order;

import dev.taskorder.activities.asset.AssetNews;
import dev.taskorder.activities.asset.AssetNews.Source;
import dev.taskorder.activities.attempt.AttemptLease;
import dev.taskorder.activities.attempt.AttemptRow;
import dev.taskorder.activities.lease.ReleasedLease;
import dev.taskorder.api.execution.LeaseOutcome;
import dev.taskorder.api.execution.ResultCodes;
import dev.taskorder.api.order.Status;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;

/** What an order has to tell its assets (spec/task-order.md §5, "AssetEvent"). Pure: rows in, outcomes out. */
final class AssetTidings {
    /** So many outcomes stand in the order's own event. */
    private static final int SHOWN_MAX = 20;

    private static final String OK = "OK";
    private static final String TASK_TIMEOUT = "TASK_TIMEOUT";
    private static final String TASK_FAILED = "TASK_FAILED";

    private AssetTidings() {}

    /** What the executor told of the leases that its attempt was granted with, in its order. */
    static List<AssetNews.Outcome> ofResult(AttemptRow attempt, List<AttemptLease> leases) {
        Map<UUID, String> assets =
                leases.stream().collect(Collectors.toMap(AttemptLease::leaseId, AttemptLease::assetId));
        List<AssetNews.Outcome> told = new ArrayList<>();
        for (int n = 0; n < attempt.outcomes().size(); n++) {
            LeaseOutcome outcome = attempt.outcomes().get(n);
            String assetId = assets.get(outcome.leaseId());
            if (assetId != null) {
                told.add(new AssetNews.Outcome(
                        outcome.leaseId() + ":" + attempt.number() + ":" + n,
                        assetId,
                        outcome.leaseId(),
                        outcome.eventType(),
                        outcome.payload(),
                        Source.RESULT));
            }
        }
        return told;
    }

    /**
     * What the end of the order says of the assets that it still had and that an attempt was made with; of those that
     * the last attempt's executor spoke of itself, nothing more.
     */
    static List<AssetNews.Outcome> ofEnd(
            UUID taskId, Ending ending, List<ReleasedLease> released, List<AssetNews.Outcome> said) {
        Optional<String> type = typeOf(ending);
        if (type.isEmpty()) {
            return List.of();
        }
        Set<String> spokenOf = said.stream().map(AssetNews.Outcome::assetId).collect(Collectors.toSet());
        return released.stream()
                .filter(lease -> lease.used() && !spokenOf.contains(lease.assetId()))
                .map(lease -> new AssetNews.Outcome(
                        taskId + ":end:" + lease.assetId(),
                        lease.assetId(),
                        lease.leaseId(),
                        type.get(),
                        Map.of(),
                        Source.END))
                .toList();
    }

    private static Optional<String> typeOf(Ending ending) {
        if (ending.status() == Status.SUCCESS) {
            return Optional.of(OK);
        }
        if (ending.status() == Status.TIMEOUT) {
            return Optional.of(TASK_TIMEOUT);
        }
        boolean hard = ending.status() == Status.FAILED && ending.code().equals(ResultCodes.HARD_FAIL);
        return hard ? Optional.of(TASK_FAILED) : Optional.empty();
    }

    /** What the executor told, as the order's own event shows it. */
    static List<Map<String, Object>> shown(List<AssetNews.Outcome> told) {
        return told.stream()
                .limit(SHOWN_MAX)
                .map(one -> Map.<String, Object>of("asset_id", one.assetId(), "event_type", one.eventType()))
                .toList();
    }
}
