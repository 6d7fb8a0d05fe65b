package dev.taskorder.activities.order;

import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * How many orders of the bound tenant are not over, against {@code quotas.open_orders}. What is counted is told in the
 * migration of {@code tenant_usage}; a create that finds a part with room counts by itself ({@link OrderInsert}), this is for
 * one that finds none.
 */
final class OpenOrders {
    /** A limit that is none, of which every part's share is more than a part may ever hold. */
    static final long UNLIMITED = Long.MAX_VALUE >> 8;

    static final String COUNT = """
            SELECT coalesce(sum(open_orders), 0)::bigint FROM tenant_usage WHERE tenant_id = current_tenant()
            """;
    /** The one that a create on this connection looks at first ({@link OrderInsert.Parts}), waited for. */
    static final String LOCK_OWN = """
            SELECT part FROM tenant_usage WHERE tenant_id = current_tenant() AND part = pg_backend_pid() % 8
               FOR NO KEY UPDATE
            """;
    /** All in their order, so that two who lock all wait in one direction only. */
    static final String LOCK = """
            SELECT part FROM tenant_usage WHERE tenant_id = current_tenant() ORDER BY part FOR NO KEY UPDATE
            """;
    /** As evenly as whole numbers allow, both in the same way: so who has less of the first has room left. */
    static final String SHARE_OUT = """
            UPDATE tenant_usage u
               SET open_orders = (a.total >> 4) + (u.part < (a.total & 15))::int,
                   open_max = (:open_limit::bigint >> 4) + (u.part < (:open_limit::bigint & 15))::int,
                   open_limit = :open_limit
              FROM (SELECT sum(open_orders)::bigint AS total FROM tenant_usage WHERE tenant_id = current_tenant()) a
             WHERE u.tenant_id = current_tenant()
            """;

    /** The trigger counts in the part that is named so; see the migration of {@code tenant_usage}. */
    private static final String TAKE_ROOM = """
            SELECT set_config('taskorder.usage_part', part::text, true)
              FROM (SELECT part FROM tenant_usage
                     WHERE tenant_id = current_tenant() AND open_limit = :open_limit AND open_orders < open_max AND part >= %s
                     ORDER BY part LIMIT 1 FOR NO KEY UPDATE SKIP LOCKED) mine
            """;

    static final String TAKE_FROM_OWN = TAKE_ROOM.formatted("pg_backend_pid() % 8");
    static final String TAKE_ANY = TAKE_ROOM.formatted("0");

    private final JdbcClient jdbc;

    OpenOrders(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /** How many there are at this moment; others may be about to commit more, or fewer. */
    long count() {
        return jdbc.sql(COUNT).query(Long.class).single();
    }

    /** Waits for whoever has one part, and holds up nobody who has another. */
    void lockOwn() {
        jdbc.sql(LOCK_OWN).query(Integer.class).list();
    }

    /** As {@link #count}; from now until the end of the transaction none is created, ends or is opened again. */
    long lockAndCount() {
        jdbc.sql(LOCK).query(Integer.class).list();
        return count(); // in a statement of its own, which sees what was committed while the first waited
    }

    /** Gives each part its share of the limit. Needs the locks. */
    void shareOut(long limit) {
        jdbc.sql(SHARE_OUT).param("open_limit", limit).update();
    }

    /**
     * Takes room for one order that is opened again in this transaction, which is counted at its commit.
     *
     * @param allLocked whether {@link #lockAndCount} was called before; if not, and there is no room, nobody may look at another part in
     *     this transaction
     * @return whether a part had room
     */
    boolean takeRoom(long limit, boolean allLocked) {
        return !jdbc.sql(allLocked ? TAKE_ANY : TAKE_FROM_OWN)
                .param("open_limit", limit)
                .query(String.class)
                .list()
                .isEmpty();
    }
}
