package dev.taskorder.activities.matching;

import com.github.f4b6a3.uuid.UuidCreator;
import dev.taskorder.activities.control.Held;
import dev.taskorder.activities.json.Json;
import dev.taskorder.api.lease.LeaseDecision;
import java.math.BigDecimal;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.springframework.jdbc.core.simple.JdbcClient;

/** The matcher's marks and what it writes: all grants of a pass in one statement. */
final class GrantTable {
    private static final String KEY = "hashtextextended(current_tenant() || ':' || :env, 7)";
    private static final String AWAIT_TURN = "SELECT 1 FROM pg_advisory_xact_lock(" + KEY + ")";
    /** Only what is visible now: a mark committed later is for the next look. */
    private static final String TAKE_MARKS =
            "DELETE FROM match_wanted WHERE tenant_id = current_tenant() AND env = :env";
    /** What is seen of the marks is older than the turn, which is fewer of them at worst; what waits is read after. */
    private static final String TRY_TURN = """
            WITH turn AS MATERIALIZED (SELECT pg_try_advisory_xact_lock(%s) AS ours),
            taken AS (%s AND (SELECT ours FROM turn) RETURNING 1)
            SELECT ours, EXISTS (SELECT FROM taken) AS marked, %s AS held,
                   ARRAY(SELECT DISTINCT env FROM match_wanted
                          WHERE tenant_id = current_tenant() AND for_quota AND env <> :env) AS elsewhere
              FROM turn
            """.formatted(KEY, TAKE_MARKS, Held.IN_FORCE);

    private static final String TAKE_MARKS_IN_TURN = "WITH taken AS (" + TAKE_MARKS
            + " RETURNING 1) SELECT EXISTS (SELECT FROM taken) AS marked, " + Held.IN_FORCE + " AS held";

    private static final String MARK = "INSERT INTO match_wanted (env) VALUES (:env)";
    private static final String MARK_HELD = "INSERT INTO match_wanted (env, held_for) VALUES (:env, :held_for)";
    /**
     * All grants of a pass. Whoever cancelled an order in the meantime, or took one of the leases that it kept, wins: then nothing
     * is written for it, and whoever did so has the matcher look again. An order that
     * waited between two attempts gets its missing leases, and goes on when its back-off is over. The ids are asked for once
     * more as an array (a recordset counts as a hundred rows, for which a small table would be read as a whole). If matchers of other envs took
     * places meanwhile that this look gives away, nothing is written; what began to run is counted.
     */
    static final String GRANT = """
            WITH decided AS (
                SELECT * FROM jsonb_to_recordset(:grants::jsonb) AS d(
                       task_id uuid, token uuid, executor text, wake boolean, kept int, lease_ids uuid[], leases jsonb,
                       hold numeric, estimate numeric)
            ), places AS MATERIALIZED (
                SELECT orders FROM tenant_started
                 WHERE tenant_id = current_tenant() AND orders <= :started_max
                   FOR NO KEY UPDATE
            ), granted AS (
                UPDATE task_order o
                   SET status = 'RUNNING', started_at = coalesce(o.started_at, t.now),
                       deadline = coalesce(o.deadline, t.now + o.timeout_ms * interval '1 millisecond'),
                       attempt = o.attempt + (o.status = 'QUEUED')::int, lease_ids = o.lease_ids || d.lease_ids,
                       waits_since = NULL, hold_until = NULL,
                       held = o.held + d.hold, holds = o.holds + (d.hold > 0)::int,
                       executor_hold = o.executor_hold + d.estimate,
                       executor_hold_on = CASE WHEN d.estimate > 0 THEN (now() AT TIME ZONE 'UTC')::date END,
                       check_due_at = least(o.check_due_at, t.now + interval '40 seconds'),
                       task_version = o.task_version + 1, updated_at = t.now
                  FROM decided d, (SELECT clock_timestamp() AS now) t
                 WHERE o.tenant_id = current_tenant() AND o.task_id = d.task_id AND EXISTS (SELECT FROM places)
                   AND o.task_id = ANY (ARRAY(SELECT task_id FROM decided))
                   AND o.waits_since IS NOT NULL AND o.cancel_requested_at IS NULL AND cardinality(o.lease_ids) = d.kept
                   AND (o.max_total_cost IS NULL OR o.held + o.posted + o.overrun + d.hold <= o.max_total_cost)
                RETURNING o.env, o.project_id, d.hold, o.holds, o.task_id, o.attempt, o.started_at, o.deadline, o.currency, o.updated_at AS granted_at,
                       o.started_at = o.updated_at AS first, d.token, d.executor, d.wake, o.lease_ids, d.leases
            ), counted AS (
                UPDATE tenant_started s SET orders = s.orders + g.first_ones
                  FROM places, (SELECT count(*) FILTER (WHERE first) AS first_ones FROM granted) g
                 WHERE s.tenant_id = current_tenant() AND g.first_ones > 0
            ), leased AS (
                INSERT INTO lease (lease_id, task_id, asset_id, slot_no, hint_index, acquired_at, expires_at,
                       unit_cost, currency, sku_category, sku_code, decision)
                SELECT l.lease_id, g.task_id, l.asset_id, l.slot_no, l.hint_index, g.granted_at,
                       g.deadline + interval '60 seconds', l.unit_cost, g.currency, l.sku_category, l.sku_code,
                       l.decision
                  FROM granted g
                 CROSS JOIN jsonb_to_recordset(g.leases) AS l(
                       lease_id uuid, asset_id text, slot_no int, hint_index int, unit_cost numeric,
                       sku_category text, sku_code text, decision jsonb)
                 ORDER BY l.asset_id, l.slot_no
                RETURNING lease_id, task_id, asset_id, hint_index, unit_cost, currency, fencing_token
            ), set_aside AS (
                INSERT INTO ledger_entry (entry_id, task_id, attempt, phase, kind, debit_account, credit_account, amount,
                       currency, env, project_id)
                SELECT task_id || ':hold:' || holds, task_id, attempt + (NOT first)::int, 'HOLD', 'grant', 'held', 'wallet',
                       hold, currency, env, project_id
                  FROM granted WHERE hold > 0
            ), unkept AS (
                UPDATE asset_slot s SET reserved_for = NULL, reserved_until = NULL, reserved_lease = NULL
                  FROM granted g
                 CROSS JOIN jsonb_to_recordset(g.leases) AS l(asset_id text, slot_no int, was_kept boolean)
                 WHERE l.was_kept AND s.tenant_id = current_tenant() AND s.asset_id = l.asset_id
                   AND s.slot_no = l.slot_no
            ), tried AS (
                INSERT INTO attempt (task_id, number, token, executor, lease_ids)
                SELECT task_id, attempt, token, executor, lease_ids FROM granted WHERE first
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
                          FROM granted WHERE first) e
                 ORDER BY e.task_id, e.part, e.hint_index
            ), woken AS (
                INSERT INTO outbox (task_id, signal) SELECT task_id, 'wake' FROM granted WHERE wake
            )
            SELECT g.task_id, g.attempt, EXISTS (SELECT FROM places) AS had_places
              FROM (VALUES (1)) AS one LEFT JOIN granted g ON true
            """;

    static final String END = """
            WITH decided AS (
                SELECT * FROM jsonb_to_recordset(:ends::jsonb) AS d(
                       task_id uuid, status text, type text, code text, message text, wake boolean)
            ), ended AS (
                UPDATE task_order o
                   SET status = d.status, result_code = d.code, result_message = d.message,
                       finished_at = clock_timestamp(), check_due_at = NULL, waits_since = NULL,
                       task_version = o.task_version + 1, updated_at = clock_timestamp()
                  FROM decided d
                 WHERE o.tenant_id = current_tenant() AND o.task_id = d.task_id AND o.status = 'QUEUED'
                   AND o.cancel_requested_at IS NULL
                RETURNING o.task_id, d.type, d.code, d.message, d.wake
            ), told AS (
                INSERT INTO task_event (object_type, object_id, type, actor, data)
                SELECT 'task_order', task_id, type, 'matcher',
                       jsonb_build_object('result_code', code, 'message', message)
                  FROM ended
            ), woken AS (
                INSERT INTO outbox (task_id, signal) SELECT task_id, 'wake' FROM ended WHERE wake
            )
            SELECT task_id FROM ended
            """;

    /** Who waits between two attempts holds leases and has costs: its end is a step's work, for which it is woken. */
    private static final String REFUSE = """
            WITH decided AS (
                SELECT * FROM jsonb_to_recordset(:ends::jsonb) AS d(task_id uuid, code text, message text, wake boolean)
            ), refused AS (
                UPDATE task_order o
                   SET refusal = jsonb_build_object('code', d.code, 'message', d.message),
                       waits_since = NULL, hold_until = NULL
                  FROM decided d
                 WHERE o.tenant_id = current_tenant() AND o.task_id = d.task_id AND o.status = 'RUNNING'
                   AND o.waits_since IS NOT NULL AND o.cancel_requested_at IS NULL
                RETURNING o.task_id, d.wake
            ), woken AS (
                INSERT INTO outbox (task_id, signal) SELECT task_id, 'wake' FROM refused WHERE wake
            )
            SELECT task_id FROM refused
            """;

    private static final String CHARGE = "SELECT short = '{}' FROM charge_budgets(:env, :moves::jsonb, 'HOLD')";

    /** The columns of a new lease; names are those of the recordset above, as in the two below. */
    private record NewLease(
            UUID lease_id,
            String asset_id,
            int slot_no,
            boolean was_kept,
            int hint_index,
            BigDecimal unit_cost,
            String sku_category,
            String sku_code,
            LeaseDecision decision) {}

    private record NewGrant(
            UUID task_id,
            UUID token,
            String executor,
            boolean wake,
            int kept,
            List<UUID> lease_ids,
            List<NewLease> leases,
            BigDecimal hold,
            BigDecimal estimate) {}

    private record EndedOrder(UUID task_id, String status, String type, String code, String message, boolean wake) {}

    private final JdbcClient jdbc;

    GrantTable(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    void mark(String env) {
        jdbc.sql(MARK).param("env", env).update();
    }

    /**
     * Leaves a mark for when nothing so strong is in force any more: this look serves none of what is held. Its own turn has taken the one
     * of the look before away.
     */
    void markHeld(String env, Held held) {
        jdbc.sql(MARK_HELD).param("env", env).param("held_for", held.strength()).update();
    }

    /**
     * A try to have the turn.
     *
     * @param ours whether it is this transaction's now
     * @param marks whether there were any, which are taken away if it is ours
     * @param elsewhere other envs of the tenant in which somebody has got a place by an end
     */
    record Turn(boolean ours, Marks marks, Set<String> elsewhere) {}

    /**
     * What a look begins with.
     *
     * @param marked whether there were marks
     * @param held whom it may not serve
     */
    record Marks(boolean marked, Held held) {
        static Marks of(ResultSet row) throws SQLException {
            return new Marks(row.getBoolean("marked"), Held.of(row.getInt("held")));
        }
    }

    /** Makes it this transaction's turn at the (tenant, env) if it is nobody's, and then takes the marks away. */
    Turn tryTurn(String env) {
        return jdbc.sql(TRY_TURN)
                .param("env", env)
                .query((row, rowNum) -> new Turn(row.getBoolean("ours"), Marks.of(row), Set.of((String[])
                        row.getArray("elsewhere").getArray())))
                .single();
    }

    /** Waits until it is this transaction's turn, at most the role's {@code lock_timeout}. Hold no row before. */
    void awaitTurn(String env) {
        jdbc.sql(AWAIT_TURN).param("env", env).query(Integer.class).single();
    }

    /** Takes the marks of this (tenant, env) away. Needs the turn. */
    Marks takeMarks(String env) {
        return jdbc.sql(TAKE_MARKS_IN_TURN)
                .param("env", env)
                .query((row, rowNum) -> Marks.of(row))
                .single();
    }

    /**
     * Writes the grants, but for orders that were cancelled in the meantime.
     *
     * @param places as the look read them
     * @return of those that were written, the number of the attempt that is open now or was the last
     * @throws MovedMeanwhileException if there are not places for all any more
     */
    Map<UUID, Integer> grant(List<Round.Grant> grants, Predicate<WaitingOrder> wake, Places places) {
        if (grants.isEmpty()) {
            return Map.of();
        }
        int begin = (int)
                grants.stream().filter(grant -> grant.order().between() == null).count();
        AtomicBoolean hadPlaces = new AtomicBoolean();
        Map<UUID, Integer> attempts = new HashMap<>();
        jdbc.sql(GRANT)
                .param(
                        "grants",
                        Json.write(grants.stream()
                                .map(grant -> grant(grant, wake.test(grant.order())))
                                .toList()))
                .param("started_max", places.startedMaxFor(begin))
                .query(row -> {
                    hadPlaces.set(row.getBoolean("had_places"));
                    if (row.getObject("task_id") != null) {
                        attempts.put(row.getObject("task_id", UUID.class), row.getInt("attempt"));
                    }
                });
        if (!hadPlaces.get()) {
            throw new MovedMeanwhileException("places among the tenant's running orders were taken meanwhile");
        }
        return attempts;
    }

    /** Counts what was held in the budgets of the env. False if one of them does not cover it: then nothing was counted. */
    boolean charge(String env, List<Round.Grant> granted) {
        List<Move> moves = granted.stream()
                .filter(grant -> grant.hold().signum() > 0)
                .map(grant -> new Move(grant.order().projectId(), grant.order().currency(), grant.hold()))
                .toList();
        return moves.isEmpty()
                || jdbc.sql(CHARGE)
                        .param("env", env)
                        .param("moves", Json.write(moves))
                        .query(Boolean.class)
                        .single();
    }

    private record Move(String project, String currency, BigDecimal asked) {}

    /** Ends orders that can never be granted, but for those that were cancelled in the meantime; those that it ended. */
    Set<UUID> end(List<Round.End> ends, Predicate<WaitingOrder> wake) {
        Map<Boolean, List<Round.End>> between = ends.stream()
                .collect(Collectors.partitioningBy(end -> end.order().between() != null));
        Set<UUID> all = new HashSet<>(write(END, between.getOrDefault(false, List.of()), wake));
        all.addAll(write(REFUSE, between.getOrDefault(true, List.of()), wake));
        return all;
    }

    private List<UUID> write(String statement, List<Round.End> ends, Predicate<WaitingOrder> wake) {
        if (ends.isEmpty()) {
            return List.of();
        }
        List<EndedOrder> rows = ends.stream()
                .map(ended -> new EndedOrder(
                        ended.order().taskId(),
                        ended.why().status().name(),
                        ended.why().eventType(),
                        ended.why().code(),
                        ended.why().message(),
                        wake.test(ended.order())))
                .toList();
        return jdbc.sql(statement)
                .param("ends", Json.write(rows))
                .query(UUID.class)
                .list();
    }

    private static NewGrant grant(Round.Grant grant, boolean wake) {
        List<NewLease> leases = grant.leases().stream().map(GrantTable::lease).toList();
        return new NewGrant(
                grant.order().taskId(),
                UuidCreator.getTimeOrderedEpoch(),
                grant.executor(),
                wake,
                grant.order().keeps(),
                leases.stream().map(NewLease::lease_id).toList(),
                leases,
                grant.hold(),
                grant.estimate());
    }

    private static NewLease lease(Round.Taken taken) {
        PoolAsset asset = taken.choice().asset().asset();
        return new NewLease(
                UuidCreator.getTimeOrderedEpochPlus1(),
                asset.assetId(),
                taken.slot().number(),
                taken.slot().wasKept(),
                taken.choice().hintIndex(),
                asset.unitCost(),
                asset.skuCategory(),
                asset.skuCode(),
                taken.choice().why());
    }
}
