package dev.taskorder.activities.order;

import dev.taskorder.activities.dispatch.DispatchQueue;
import dev.taskorder.activities.json.Json;
import dev.taskorder.api.order.Chain;
import dev.taskorder.api.policy.ActivePolicy;
import dev.taskorder.api.tenant.Caller;
import java.sql.Types;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;

/** The one statement that new orders are written with, and where they are counted. */
final class OrderInsert {
    /**
     * Inserted in the order of their keys: two batches that share keys then wait for each other in one direction only
     * and cannot deadlock. An order that may start at once is claimed, unless it would overtake what any process left: the
     * first of that is asked for, in its index's order, for PostgreSQL expects a third of all orders to be such, and to see
     * whether there is one it would read from the first order on until it has found that there is none.
     *
     * <p>All or none: only with a part of the tenant's usage that has room for all that are asked for, which is counted in
     * with them; or with any part, if all are locked and there is room for these.
     */
    private static final String INSERT_SOMEWHERE = """
            WITH wanted AS (
                SELECT * FROM jsonb_to_recordset(:orders::jsonb) AS o(
                    position int, task_id uuid, env text, idempotency_key text, project_id text, external_ref text,
                    task_type text, task_category text, description text, priority int, timeout_ms bigint,
                    max_total_cost numeric, currency text, business_value_hint numeric, resource_hints jsonb,
                    constraints jsonb, tags text[], input jsonb, field_hashes bytea, demand text,
                    retention_key text)
            ), way AS MATERIALIZED (
                SELECT (:at_once AND (
                           SELECT true FROM task_order
                            WHERE tenant_id = current_tenant() AND started_run_no < run_no AND finished_at IS NULL
                              AND start_due_at <= now()
                            ORDER BY priority DESC, created_at, task_id
                            LIMIT 1) IS NULL)::int AS claims
            ), room AS MATERIALIZED (
                SELECT part FROM tenant_usage
                 WHERE tenant_id = current_tenant() AND part %s pg_backend_pid() %% 8
                   AND (:all_locked OR (open_limit = :open_limit AND open_orders + :asking <= open_max))
                 ORDER BY part LIMIT 1 FOR NO KEY UPDATE SKIP LOCKED
            ), born AS (
                INSERT INTO task_order (task_id, env, idempotency_key, project_id, external_ref, task_type,
                       task_category, description, priority, timeout_ms, max_total_cost, currency,
                       business_value_hint, resource_hints, constraints, tags, input, field_hashes, demand,
                       retention_key, policy_version, traceparent, caused_by, depth, start_claims, start_due_at)
                SELECT task_id, env, idempotency_key, project_id, external_ref, task_type, task_category, description,
                       priority, timeout_ms, max_total_cost, currency, business_value_hint, resource_hints,
                       constraints, tags, input, field_hashes, demand, retention_key, :policy, :traceparent,
                       :caused_by::uuid, :depth,
                       claims, now() + claims * :claim_seconds * interval '1 second'
                  FROM wanted, way, room
                 ORDER BY env COLLATE "C", idempotency_key COLLATE "C", position
                ON CONFLICT ON CONSTRAINT task_order_idempotency_key DO NOTHING
                RETURNING task_id, created_at, tags, priority, start_claims
            ), counted AS (
                UPDATE tenant_usage u SET open_orders = u.open_orders + b.orders
                  FROM room r, (SELECT count(*) AS orders FROM born) b
                 WHERE u.tenant_id = current_tenant() AND u.part = r.part AND b.orders > 0
            ), tagged AS (
                INSERT INTO task_tag (tag, task_id) SELECT DISTINCT unnest(tags), task_id FROM born
            ), told AS (
                INSERT INTO task_event (object_type, object_id, type, actor, data)
                SELECT 'task_order', task_id, 'task_order.created', :actor, jsonb_build_object('priority', priority)
                  FROM born
            )
            SELECT task_id, created_at, start_claims > 0 AS claimed FROM born
            """;

    static final String INSERT_FROM_OWN = INSERT_SOMEWHERE.formatted(">=");
    static final String INSERT_BELOW_OWN = INSERT_SOMEWHERE.formatted("<");

    /**
     * Which parts of the usage a create looks at, one after the other, each in a transaction of its own. For a part whose room
     * was used up between the look at it and its lock stays locked, and PostgreSQL may wait even where it is asked to skip what is
     * locked: for the new version of a row that was just changed. So nobody may look at a lower part while it has a higher one; who
     * locks all takes them in their order.
     */
    enum Parts {
        /** Its connection's own, and those above it, that nobody has. One of the lower half is its own, so that there are some. */
        FROM_OWN,
        /** Those below its own that nobody has. */
        BELOW_OWN,
        /** As the first, and its own however long somebody has it: while one has all, those who wait go on side by side then. */
        OWN_WAITED_FOR,
        /** All, so that the last room is found wherever it is. */
        ALL
    }

    /** @param claimed whether this process is to start it at once */
    record Born(Instant createdAt, boolean claimed) {}

    /** Where new orders come from: under which policy, for whom, and which order they follow from. */
    record Origin(ActivePolicy policy, Caller caller, Chain chain) {}

    /** How new orders are written, and whether this process may start one at once. */
    record Manner(Origin origin, long openLimit, boolean atOnce) {}

    private final JdbcClient jdbc;

    OrderInsert(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /** Those that were not there before, by their ids; none if none of these parts has room for all. */
    Map<UUID, Born> into(Parts parts, List<NewOrder> orders, Manner manner) {
        Map<UUID, Born> born = new HashMap<>();
        if (!orders.isEmpty()) {
            jdbc.sql(parts == Parts.BELOW_OWN ? INSERT_BELOW_OWN : INSERT_FROM_OWN)
                    .param(
                            "orders",
                            Json.write(orders.stream()
                                    .map(order -> order.columns(manner.origin().policy()))
                                    .toList()))
                    .param("asking", orders.size())
                    .param("open_limit", manner.openLimit())
                    .param("all_locked", parts == Parts.ALL)
                    .param("policy", manner.origin().policy().version())
                    .param("traceparent", manner.origin().caller().traceparent(), Types.VARCHAR)
                    .param("actor", manner.origin().caller().actor())
                    .param("caused_by", manner.origin().chain().causedBy(), Types.OTHER)
                    .param("depth", manner.origin().chain().depth())
                    .param("at_once", manner.atOnce())
                    .param("claim_seconds", DispatchQueue.CLAIM_SECONDS)
                    .query(row -> {
                        Instant createdAt = row.getObject("created_at", OffsetDateTime.class)
                                .toInstant();
                        born.put(row.getObject("task_id", UUID.class), new Born(createdAt, row.getBoolean("claimed")));
                    });
        }
        return born;
    }
}
