package dev.taskorder.activities.matching;

import com.github.f4b6a3.uuid.UuidCreator;
import dev.taskorder.activities.json.Json;
import dev.taskorder.api.lease.LeaseDecision;
import java.math.BigDecimal;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;

/** The matcher's marks and what it writes. A grant is one decision, hence one statement. */
final class GrantTable {
    private static final String KEY = "hashtextextended(current_tenant() || ':' || :env, 7)";
    private static final String AWAIT_TURN = "SELECT 1 FROM pg_advisory_xact_lock(" + KEY + ")";
    /** Only what is visible now: a mark committed later is for the next look. */
    private static final String TAKE_MARKS =
            "DELETE FROM match_wanted WHERE tenant_id = current_tenant() AND env = :env";
    /** What is seen of the marks is older than the turn, which is fewer of them at worst; what waits is read after. */
    private static final String TRY_TURN = """
            WITH turn AS MATERIALIZED (SELECT pg_try_advisory_xact_lock(%s) AS ours),
            taken AS (%s AND (SELECT ours FROM turn))
            SELECT ours FROM turn
            """.formatted(KEY, TAKE_MARKS);

    private static final String MARK = "INSERT INTO match_wanted (env) VALUES (:env)";
    /** Whoever cancelled the order in the meantime wins: then nothing is written. */
    private static final String GRANT = """
            WITH granted AS (
                UPDATE task_order o
                   SET status = 'RUNNING', started_at = t.now,
                       deadline = t.now + o.timeout_ms * interval '1 millisecond',
                       attempt = o.attempt + 1, lease_ids = :lease_ids,
                       check_due_at = least(o.check_due_at, t.now + interval '40 seconds'),
                       task_version = o.task_version + 1, updated_at = t.now
                  FROM (SELECT clock_timestamp() AS now) t
                 WHERE o.tenant_id = current_tenant() AND o.task_id = :task AND o.status = 'QUEUED'
                   AND o.cancel_requested_at IS NULL
                RETURNING o.task_id, o.attempt, o.started_at, o.deadline, o.currency
            ), leased AS (
                INSERT INTO lease (lease_id, task_id, asset_id, slot_no, hint_index, acquired_at, expires_at,
                       unit_cost, currency, sku_category, sku_code, decision)
                SELECT l.lease_id, g.task_id, l.asset_id, l.slot_no, l.hint_index, g.started_at,
                       g.deadline + interval '60 seconds', l.unit_cost, g.currency, l.sku_category, l.sku_code,
                       l.decision
                  FROM granted g
                 CROSS JOIN jsonb_to_recordset(:leases::jsonb) AS l(
                       lease_id uuid, asset_id text, slot_no int, hint_index int, unit_cost numeric,
                       sku_category text, sku_code text, decision jsonb)
                 ORDER BY l.asset_id, l.slot_no
                RETURNING lease_id, task_id, asset_id, hint_index, unit_cost, currency, fencing_token
            ), tried AS (
                INSERT INTO attempt (task_id, number, token, executor, lease_ids)
                SELECT task_id, attempt, :token, :executor, :lease_ids FROM granted
            ), told AS (
                INSERT INTO task_event (object_type, object_id, type, actor, data)
                SELECT 'task_order', e.task_id, e.type, 'matcher', e.data
                  FROM (SELECT task_id, 'lease.acquired' AS type, 0 AS part, hint_index,
                               jsonb_build_object('lease_id', lease_id, 'asset_id', asset_id,
                                   'hint_index', hint_index, 'unit_cost', trim_scale(unit_cost), 'currency', currency,
                                   'fencing_token', fencing_token) AS data
                          FROM leased
                        UNION ALL
                        SELECT task_id, 'task_order.running', 1, 0, jsonb_build_object('attempt', attempt)
                          FROM granted) e
                 ORDER BY e.part, e.hint_index
            ), woken AS (
                INSERT INTO outbox (task_id, signal) SELECT task_id, 'wake' FROM granted WHERE :wake
            )
            SELECT attempt FROM granted
            """;

    private static final String END = """
            WITH ended AS (
                UPDATE task_order
                   SET status = :status, result_code = :code, result_message = :message,
                       finished_at = clock_timestamp(), check_due_at = NULL,
                       task_version = task_version + 1, updated_at = clock_timestamp()
                 WHERE tenant_id = current_tenant() AND task_id = :task AND status = 'QUEUED'
                   AND cancel_requested_at IS NULL
                RETURNING task_id
            ), told AS (
                INSERT INTO task_event (object_type, object_id, type, actor, data)
                SELECT 'task_order', task_id, :type, 'matcher',
                       jsonb_build_object('result_code', :code::text, 'message', :message::text)
                  FROM ended
            ), woken AS (
                INSERT INTO outbox (task_id, signal) SELECT task_id, 'wake' FROM ended WHERE :wake
            )
            SELECT count(*) FROM ended
            """;

    /** The columns of a new lease; names are those of the recordset above. */
    private record NewLease(
            UUID lease_id,
            String asset_id,
            int slot_no,
            int hint_index,
            BigDecimal unit_cost,
            String sku_category,
            String sku_code,
            LeaseDecision decision) {}

    private final JdbcClient jdbc;

    GrantTable(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    void mark(String env) {
        jdbc.sql(MARK).param("env", env).update();
    }

    /** Makes it this transaction's turn at the (tenant, env) if it is nobody's, and then takes the marks away. */
    boolean tryTurn(String env) {
        return jdbc.sql(TRY_TURN).param("env", env).query(Boolean.class).single();
    }

    /** Waits until it is this transaction's turn, at most the role's {@code lock_timeout}. Hold no row before. */
    void awaitTurn(String env) {
        jdbc.sql(AWAIT_TURN).param("env", env).query(Integer.class).single();
    }

    /** Takes the marks of this (tenant, env) away; whether there were any. Needs the turn. */
    boolean takeMarks(String env) {
        return jdbc.sql(TAKE_MARKS).param("env", env).update() > 0;
    }

    /**
     * Grants, unless the order was cancelled in the meantime; takes the slots from the pass either way.
     *
     * @return the number of the attempt that is open now; empty if nothing was granted
     */
    Optional<Integer> grant(WaitingOrder order, List<Decision.Choice> choices, String executor, boolean wake) {
        List<NewLease> leases = choices.stream().map(GrantTable::lease).toList();
        UUID[] leaseIds = leases.stream().map(NewLease::lease_id).toArray(UUID[]::new);
        return jdbc.sql(GRANT)
                .param("task", order.taskId())
                .param("lease_ids", leaseIds)
                .param("leases", Json.write(leases))
                .param("token", UuidCreator.getTimeOrderedEpoch())
                .param("executor", executor)
                .param("wake", wake)
                .query(Integer.class)
                .optional();
    }

    /** Ends an order that can never be granted, unless it was cancelled in the meantime. */
    void end(WaitingOrder order, Decision.Hopeless hopeless, boolean wake) {
        jdbc.sql(END)
                .param("task", order.taskId())
                .param("status", hopeless.status().name())
                .param("type", hopeless.eventType())
                .param("code", hopeless.code())
                .param("message", hopeless.message())
                .param("wake", wake)
                .query(Integer.class)
                .single();
    }

    private static NewLease lease(Decision.Choice choice) {
        Candidate asset = choice.asset();
        return new NewLease(
                UuidCreator.getTimeOrderedEpochPlus1(),
                asset.assetId(),
                asset.take(),
                choice.hintIndex(),
                asset.unitCost(),
                asset.skuCategory(),
                asset.skuCode(),
                choice.why());
    }
}
