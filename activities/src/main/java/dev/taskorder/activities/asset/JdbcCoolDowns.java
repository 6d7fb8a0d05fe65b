package dev.taskorder.activities.asset;

import dev.taskorder.activities.tenant.TenantTransactions;
import dev.taskorder.api.matching.MatchTrigger;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Ends cool-downs: one asset's at its time, and all that are due. */
final class JdbcCoolDowns implements CoolDowns {
    private static final String END = """
            WITH due AS (
                SELECT asset_id FROM asset
                 WHERE tenant_id = current_tenant() AND %s
                 ORDER BY asset_id
                   FOR NO KEY UPDATE %s
            ), ended AS (
                UPDATE asset a
                   SET status = 'AVAILABLE', cool_until = NULL, updated_at = clock_timestamp()
                  FROM due d
                 WHERE a.tenant_id = current_tenant() AND a.asset_id = d.asset_id
                RETURNING a.asset_id, a.env, a.health_score, a.bad_in_row
            ), told AS (
                INSERT INTO task_event (object_type, object_id, type, actor, data)
                SELECT 'asset', asset_id, 'asset.changed', 'maintenance',
                       jsonb_build_object('what', 'cool-down over', 'status', 'AVAILABLE',
                           'status_before', 'COOLING_DOWN', 'health_score', health_score, 'bad_in_row', bad_in_row)
                  FROM ended
                 ORDER BY asset_id
            ), marked AS (
                INSERT INTO match_wanted (env) SELECT DISTINCT env FROM ended
                RETURNING env
            )
            SELECT env FROM marked
            """;
    static final String END_DUE = END.formatted("cool_until <= now()", "SKIP LOCKED");
    /** Waits for who holds the row, for it is this asset's moment; by the clock, which went on while it waited. */
    private static final String END_ONE = END.formatted("asset_id = :asset AND cool_until <= clock_timestamp()", "");
    /** Rounded up: a moment too early would be in vain. */
    private static final String LEFT_MS = """
            SELECT greatest(1, ceil(extract(epoch FROM cool_until - clock_timestamp()) * 1000))::bigint
              FROM asset
             WHERE tenant_id = current_tenant() AND asset_id = :asset AND cool_until IS NOT NULL
            """;

    private final TenantTransactions transactions;
    private final JdbcClient jdbc;
    private final MatchTrigger matcher;

    JdbcCoolDowns(TenantTransactions transactions, JdbcClient jdbc, MatchTrigger matcher) {
        this.transactions = transactions;
        this.jdbc = jdbc;
        this.matcher = matcher;
    }

    @Override
    public void endDue() {
        Set.copyOf(transactions.in(() -> jdbc.sql(END_DUE).query(String.class).list()))
                .forEach(matcher::run);
    }

    /**
     * Ends the cool-down of this asset of the bound tenant, if it is over.
     *
     * @return how long it still lasts; empty if it does not
     */
    Optional<Duration> end(String assetId) {
        List<String> envs = transactions.in(() ->
                jdbc.sql(END_ONE).param("asset", assetId).query(String.class).list());
        envs.forEach(matcher::run);
        return envs.isEmpty() ? left(assetId) : Optional.empty();
    }

    /** Lets the matcher of the bound tenant look. */
    void match(String env) {
        matcher.run(env);
    }

    /** It was prolonged by another process, or the two clocks do not run alike. */
    private Optional<Duration> left(String assetId) {
        return transactions
                .in(() -> jdbc.sql(LEFT_MS)
                        .param("asset", assetId)
                        .query(Long.class)
                        .optional())
                .map(Duration::ofMillis);
    }
}
