package dev.taskorder.activities.matching;

import org.springframework.jdbc.core.simple.JdbcClient;

/** Who waits for a place among the tenant's running orders, told to those who give one back. */
final class PlaceTable {
    private static final String ALL_PARTS = """
            WITH held AS MATERIALIZED (
                SELECT part FROM tenant_usage WHERE tenant_id = current_tenant() ORDER BY part FOR NO KEY UPDATE
            )
            """;
    static final String AWAIT = ALL_PARTS + """
            UPDATE tenant_usage u SET awaited_in = array_append(array_remove(u.awaited_in, :env), :env)
              FROM held h
             WHERE u.tenant_id = current_tenant() AND u.part = h.part
            """;
    static final String AWAIT_NO_MORE = ALL_PARTS + """
            UPDATE tenant_usage u SET awaited_in = array_remove(u.awaited_in, :env)
              FROM held h
             WHERE u.tenant_id = current_tenant() AND u.part = h.part
            """;

    private final JdbcClient jdbc;

    PlaceTable(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /** From the commit on each end leaves a mark for the env; one before it is seen by the next look. Needs the turn. */
    void await(String env) {
        jdbc.sql(AWAIT).param("env", env).update();
    }

    /** No end does any more. Needs the turn. */
    void awaitNoMore(String env) {
        jdbc.sql(AWAIT_NO_MORE).param("env", env).update();
    }
}
