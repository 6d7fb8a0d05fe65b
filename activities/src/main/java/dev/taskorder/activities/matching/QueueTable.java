package dev.taskorder.activities.matching;

import dev.taskorder.activities.matching.WaitingOrder.Between;
import dev.taskorder.activities.matching.WaitingOrder.Kept;
import dev.taskorder.activities.matching.WaitingOrder.Means;
import dev.taskorder.activities.order.HintJson;
import dev.taskorder.api.order.Status;
import java.math.BigDecimal;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * The queue, read: the first orders of each line (orders of one demand stand in one line, in the queue's order; one that waits
 * between two attempts is a line of its own).
 */
final class QueueTable {
    private static final String COLUMNS = """
            o.task_id, o.demand, o.status, o.priority, o.created_at, o.currency, o.max_total_cost, o.business_value_hint,
            o.project_id, o.held + o.posted + o.overrun AS committed, o.held, o.retries, (o.constraints ->> 'max_retries')::int AS max_retries,
            coalesce((o.constraints ->> 'no_downgrade')::boolean, false) AS no_downgrade,
            o.task_type, o.task_category, o.policy_version, o.resource_hints, o.retention_key,
            (extract(epoch FROM now() - o.waits_since) * 1000)::bigint AS waited_ms,
            coalesce((o.constraints ->> 'min_health_score')::numeric, 0) AS min_health_score,
            coalesce((o.constraints ->> 'no_datacenter_ip')::boolean, false) AS no_datacenter_ip
            """;
    /**
     * Jumps from line to line along the index, so that the length of a line costs nothing. Who waits between two attempts
     * past its deadline is granted nothing more, and ends by its workflow's step. The places come along, and the limit from the
     * policy's row: who looks because another one was activated must not look by the one before.
     */
    static final String HEADS = """
            WITH RECURSIVE lines AS (
                (SELECT demand FROM task_order
                  WHERE tenant_id = current_tenant() AND env = :env AND waits_since IS NOT NULL
                    AND cancel_requested_at IS NULL
                  ORDER BY demand LIMIT 1)
                UNION ALL
                SELECT (SELECT n.demand FROM task_order n
                         WHERE n.tenant_id = current_tenant() AND n.env = :env AND n.waits_since IS NOT NULL
                           AND n.cancel_requested_at IS NULL AND n.demand > lines.demand
                         ORDER BY n.demand LIMIT 1)
                  FROM lines WHERE lines.demand IS NOT NULL
            ), places AS MATERIALIZED (
                SELECT s.orders AS started, u.stopped, u.awaited, (p.body -> 'quotas' ->> 'running_orders')::int AS run_max
                  FROM tenant t
                  JOIN tenant_policy p ON p.tenant_id = t.tenant_id AND p.version = t.active_policy
                  JOIN tenant_started s ON s.tenant_id = t.tenant_id
                 CROSS JOIN (SELECT sum(stopped)::bigint AS stopped, bool_or(:env = ANY (awaited_in)) AS awaited
                               FROM tenant_usage WHERE tenant_id = current_tenant()) u
                 WHERE t.tenant_id = current_tenant() AND :quotas
            )
            SELECT %1$s, (SELECT EXISTS (SELECT FROM budget b WHERE b.tenant_id = current_tenant() AND b.env = :env)) AS budgeted,
                   places.*
              FROM (VALUES (1)) AS one
              LEFT JOIN places ON true
              LEFT JOIN (lines
             CROSS JOIN LATERAL (
                   SELECT * FROM task_order h
                    WHERE h.tenant_id = current_tenant() AND h.env = :env AND h.waits_since IS NOT NULL
                      AND h.cancel_requested_at IS NULL AND h.demand = lines.demand
                      AND (h.deadline IS NULL OR h.deadline > now())
                    ORDER BY h.priority DESC, h.created_at, h.task_id
                    LIMIT :per_line) o) ON true
            """.formatted(COLUMNS);

    /** Two ranges of the index, for one comparison over both would read the line from its beginning. */
    static final String NEXT_IN_LINE = """
            SELECT %1$s
              FROM ((SELECT * FROM task_order s
                      WHERE %2$s AND s.priority = :priority AND (s.created_at, s.task_id) > (:created_at, :task)
                      ORDER BY s.created_at, s.task_id
                      LIMIT :max)
                    UNION ALL
                    (SELECT * FROM task_order s
                      WHERE %2$s AND s.priority < :priority
                      ORDER BY s.priority DESC, s.created_at, s.task_id
                      LIMIT :max)) o
             ORDER BY o.priority DESC, o.created_at, o.task_id
             LIMIT :max
            """.formatted(COLUMNS, """
            s.tenant_id = current_tenant() AND s.env = :env AND s.waits_since IS NOT NULL AND s.cancel_requested_at IS NULL
                        AND s.demand = :demand
                        AND CASE WHEN s.priority >= :high_priority OR s.business_value_hint >= :high_value
                            THEN :high_may AND (s.max_total_cost IS NULL OR :high_now::numeric IS NULL
                                 OR s.max_total_cost - s.held - s.posted - s.overrun >= :high_now
                                 OR s.max_total_cost - s.held - s.posted - s.overrun < :high_ever)
                            ELSE :low_may AND (s.max_total_cost IS NULL OR :low_now::numeric IS NULL
                                 OR s.max_total_cost - s.held - s.posted - s.overrun >= :low_now
                                 OR s.max_total_cost - s.held - s.posted - s.overrun < :low_ever) END""");

    private static final String ONE = """
            SELECT %s FROM task_order o
             WHERE o.tenant_id = current_tenant() AND o.task_id = :task AND o.waits_since IS NOT NULL
            """.formatted(COLUMNS);
    /** What they hold, and what they gave back. */
    private static final String LEASES_BETWEEN = """
            SELECT task_id, hint_index, asset_id, state = 'ACTIVE' AS kept, exchanged
              FROM lease
             WHERE tenant_id = current_tenant() AND task_id = ANY (:tasks)
            """;

    private static final Between HOLDS_NOTHING = new Between(List.of(), Set.of());

    private final JdbcClient jdbc;
    private final boolean quotas;

    /** @param quotas whether those of policies are in force */
    QueueTable(JdbcClient jdbc, boolean quotas) {
        this.jdbc = jdbc;
        this.quotas = quotas;
    }

    /**
     * The first orders of every line.
     *
     * @param orders in no order across lines
     * @param budgeted whether the env has budgets, which have to be read then
     * @param places how many of the tenant's orders run and may run
     */
    record Heads(List<WaitingOrder> orders, boolean budgeted, Places places) {
        /** Without those that stand in the queue: who waits between two attempts is a line of its own. */
        Heads ofThoseThatRun() {
            return new Heads(
                    orders.stream().filter(order -> order.between() != null).toList(), budgeted, places);
        }
    }

    Heads heads(String env, int perLine) {
        AtomicBoolean budgeted = new AtomicBoolean();
        List<Places> places = new ArrayList<>();
        List<WaitingOrder> orders = new ArrayList<>();
        jdbc.sql(HEADS)
                .param("env", env)
                .param("per_line", perLine)
                .param("quotas", quotas)
                .query(row -> {
                    budgeted.set(row.getBoolean("budgeted"));
                    places.add(places(row));
                    if (row.getObject("task_id") != null) {
                        orders.add(order(row, row.getRow()));
                    }
                });
        return new Heads(withLeases(orders), budgeted.get(), places.get(0));
    }

    private static Places places(ResultSet row) throws SQLException {
        return row.getObject("started") == null
                ? Places.UNLIMITED
                : new Places(
                        row.getLong("started"),
                        row.getLong("stopped"),
                        row.getObject("run_max", Integer.class),
                        row.getBoolean("awaited"));
    }

    /** One order, if it waits. */
    Optional<WaitingOrder> one(UUID taskId) {
        return withLeases(jdbc.sql(ONE)
                        .param("task", taskId)
                        .query(QueueTable::order)
                        .list())
                .stream()
                .findFirst();
    }

    private List<WaitingOrder> withLeases(List<WaitingOrder> orders) {
        UUID[] between = orders.stream()
                .filter(order -> order.between() != null)
                .map(WaitingOrder::taskId)
                .toArray(UUID[]::new);
        if (between.length == 0) {
            return orders;
        }
        Map<UUID, List<HadLease>> leases =
                jdbc.sql(LEASES_BETWEEN).param("tasks", between).query(QueueTable::lease).list().stream()
                        .collect(Collectors.groupingBy(HadLease::taskId));
        return orders.stream()
                .map(order -> order.between() == null
                        ? order
                        : order.with(between(leases.getOrDefault(order.taskId(), List.of()))))
                .toList();
    }

    private record HadLease(UUID taskId, int hintIndex, String assetId, boolean kept, boolean exchanged) {}

    private static HadLease lease(ResultSet row, int rowNum) throws SQLException {
        return new HadLease(
                row.getObject("task_id", UUID.class),
                row.getInt("hint_index"),
                row.getString("asset_id"),
                row.getBoolean("kept"),
                row.getBoolean("exchanged"));
    }

    private static Between between(List<HadLease> leases) {
        return new Between(
                leases.stream()
                        .filter(HadLease::kept)
                        .map(lease -> new Kept(lease.hintIndex(), lease.assetId()))
                        .toList(),
                leases.stream()
                        .filter(HadLease::exchanged)
                        .map(HadLease::assetId)
                        .collect(Collectors.toSet()));
    }

    /**
     * Those that stand behind this one in its line.
     *
     * @param leftOut who waits for money with one that was looked at; null if nobody does
     */
    List<WaitingOrder> behind(String env, WaitingOrder last, @Nullable LeftOut leftOut, int max) {
        JdbcClient.StatementSpec statement = jdbc.sql(NEXT_IN_LINE)
                .param("env", env)
                .param("demand", last.demand())
                .param("priority", last.priority())
                .param("created_at", last.createdAt().atOffset(ZoneOffset.UTC))
                .param("task", last.taskId())
                .param("high_priority", leftOut == null ? 0 : leftOut.value().highPriority())
                .param("high_value", leftOut == null ? null : leftOut.value().highValue(), Types.NUMERIC)
                .param("max", max);
        return without(without(statement, "high", leftOut, Preference.HEALTHIEST), "low", leftOut, Preference.CHEAPEST)
                .query(QueueTable::order)
                .list();
    }

    private static JdbcClient.StatementSpec without(
            JdbcClient.StatementSpec statement, String prefix, @Nullable LeftOut leftOut, Preference which) {
        LeftOut.Poor poor = leftOut == null ? null : leftOut.poor().get(which);
        return statement
                .param(prefix + "_may", poor == null || poor.freeNow() != null)
                .param(prefix + "_now", poor == null ? null : poor.freeNow(), Types.NUMERIC)
                .param(prefix + "_ever", poor == null ? null : poor.ever(), Types.NUMERIC);
    }

    private static WaitingOrder order(ResultSet row, int rowNum) throws SQLException {
        return new WaitingOrder(
                row.getObject("task_id", UUID.class),
                row.getString("demand"),
                row.getInt("priority"),
                row.getObject("created_at", OffsetDateTime.class).toInstant(),
                row.getLong("waited_ms"),
                row.getString("currency"),
                new Means(
                        row.getString("project_id"),
                        row.getObject("max_total_cost", BigDecimal.class),
                        row.getBigDecimal("committed"),
                        row.getBigDecimal("held"),
                        row.getInt("retries"),
                        row.getObject("max_retries", Integer.class),
                        row.getBoolean("no_downgrade")),
                row.getObject("business_value_hint", BigDecimal.class),
                row.getString("task_type"),
                row.getString("task_category"),
                row.getInt("policy_version"),
                HintJson.read(row.getString("resource_hints")),
                row.getBigDecimal("min_health_score"),
                row.getBoolean("no_datacenter_ip"),
                row.getString("retention_key"),
                row.getString("status").equals(Status.RUNNING.name()) ? HOLDS_NOTHING : null);
    }
}
