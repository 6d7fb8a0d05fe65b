package dev.taskorder.activities.asset;

import dev.taskorder.activities.asset.ConditionTable.Locked;
import dev.taskorder.activities.asset.ConditionTable.NewEvent;
import dev.taskorder.activities.policy.PolicyVersions;
import dev.taskorder.activities.tenant.TenantTransactions;
import dev.taskorder.api.asset.AssetEvent;
import dev.taskorder.api.asset.AssetEventResult;
import dev.taskorder.api.asset.AssetEvents;
import dev.taskorder.api.asset.Assets;
import dev.taskorder.api.matching.MatchTrigger;
import dev.taskorder.api.policy.Policies;
import dev.taskorder.api.policy.Policy.AssetHealth;
import dev.taskorder.api.tenant.Caller;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Events that callers tell, one at a time. */
final class JdbcAssetEvents implements AssetEvents {
    private static final String EXISTS = "SELECT 1 FROM asset WHERE tenant_id = current_tenant() AND asset_id = :asset";
    /**
     * Locks what the event will point at before the asset, as whoever settles an order does: behind the asset's lock its
     * keys would be checked against an order whose settler waits for the asset.
     */
    private static final String LOCK_ORDER = """
            SELECT o.policy_version FROM task_order o
             WHERE o.tenant_id = current_tenant() AND o.task_id = :task
               AND EXISTS (SELECT FROM lease l
                            WHERE l.tenant_id = current_tenant() AND l.task_id = o.task_id AND l.asset_id = :asset)
               FOR KEY SHARE OF o
            """;

    private static final String ORDER_OF_LEASE = """
            SELECT task_id FROM lease
             WHERE tenant_id = current_tenant() AND lease_id = :lease AND asset_id = :asset
            """;
    private static final String LOCK_LEASE = """
            SELECT count(*) FROM (SELECT FROM lease
                                   WHERE tenant_id = current_tenant() AND lease_id = :lease FOR KEY SHARE) l
            """;

    /** @param envToMatch where an order may be served now that was not before; null if none may */
    private record Answer(AssetEventResult result, @Nullable String envToMatch) {}

    private final TenantTransactions transactions;
    private final JdbcClient jdbc;
    private final Books books;
    private final Rules rules;
    private final MatchTrigger matcher;

    /** Where an event goes, and what is read from. */
    record Books(Assets assets, ConditionTable conditions, Consequences consequences) {}

    /** Whose rules an event goes by. */
    record Rules(Policies active, PolicyVersions pinned) {}

    JdbcAssetEvents(TenantTransactions transactions, JdbcClient jdbc, Books books, Rules rules, MatchTrigger matcher) {
        this.transactions = transactions;
        this.jdbc = jdbc;
        this.books = books;
        this.rules = rules;
        this.matcher = matcher;
    }

    @Override
    public AssetEventResult tell(AssetEvent event, Caller caller) {
        Answer answer = transactions.in(() -> underLocks(event, caller));
        if (answer.envToMatch() != null) {
            matcher.run(answer.envToMatch());
        }
        return answer.result();
    }

    private Answer underLocks(AssetEvent event, Caller caller) {
        if (jdbc.sql(EXISTS)
                .param("asset", event.assetId())
                .query(Integer.class)
                .optional()
                .isEmpty()) {
            return new Answer(new AssetEventResult.NoAsset(), null);
        }
        @Nullable UUID taskId = event.taskId();
        Optional<Integer> pinned = taskId == null ? Optional.empty() : lockOrder(taskId, event.assetId());
        if (taskId != null && pinned.isEmpty()) {
            return new Answer(new AssetEventResult.NoSuchOrder(), null);
        }
        if (event.leaseId() != null) {
            Optional<UUID> holder =
                    orderOf(event.leaseId(), event.assetId()).filter(order -> taskId == null || taskId.equals(order));
            if (holder.isEmpty()) {
                return new Answer(new AssetEventResult.NoSuchLease(), null);
            }
            pinned = lockOrder(holder.get(), event.assetId());
            jdbc.sql(LOCK_LEASE)
                    .param("lease", event.leaseId())
                    .query(Integer.class)
                    .single();
        }
        AssetHealth health = pinned.map(rules.pinned()::version)
                .orElseGet(() -> rules.active().active().policy())
                .assetHealth();
        return keep(event, health, caller);
    }

    private Answer keep(AssetEvent event, AssetHealth health, Caller caller) {
        Outcome outcome = Outcome.of(event.eventType(), health);
        NewEvent news = newEvent(event, outcome);
        Locked asset = books.conditions()
                .keepAndLock(Set.of(event.assetId()), List.of(news))
                .get(0);
        if (asset.kept().isEmpty()) {
            return new Answer(
                    books.conditions().wasToldThisWay(news) ? told(event, true) : new AssetEventResult.IdReused(),
                    null);
        }
        Instant occurredAt = event.occurredAt() == null ? asset.now() : event.occurredAt();
        Condition after = asset.condition().after(outcome, occurredAt, asset.now(), health);
        Change change = new Change(asset, after, List.of(new Change.Told(event.eventId(), event.eventType(), outcome)));
        books.consequences().write(List.of(change), caller.actor());
        return new Answer(told(event, false), change.concernsTheQueue() ? asset.env() : null);
    }

    private AssetEventResult told(AssetEvent event, boolean again) {
        return new AssetEventResult.Told(books.assets().find(event.assetId()).orElseThrow(), again);
    }

    private static NewEvent newEvent(AssetEvent event, Outcome outcome) {
        return new NewEvent(
                event.eventId(),
                event.assetId(),
                event.taskId(),
                event.leaseId(),
                event.eventType(),
                event.payload(),
                event.occurredAt() == null ? null : event.occurredAt().toString(),
                outcome,
                1);
    }

    private Optional<Integer> lockOrder(UUID taskId, String assetId) {
        return jdbc.sql(LOCK_ORDER)
                .param("task", taskId)
                .param("asset", assetId)
                .query(Integer.class)
                .optional();
    }

    private Optional<UUID> orderOf(UUID leaseId, String assetId) {
        return jdbc.sql(ORDER_OF_LEASE)
                .param("lease", leaseId)
                .param("asset", assetId)
                .query(UUID.class)
                .optional();
    }
}
