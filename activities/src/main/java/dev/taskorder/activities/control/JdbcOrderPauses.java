package dev.taskorder.activities.control;

import dev.taskorder.api.control.Pause;
import java.util.List;
import org.springframework.jdbc.core.simple.JdbcClient;

final class JdbcOrderPauses implements OrderPauses {
    private static final String IN_FORCE = """
            SELECT '_system' AS tenant_id, what, mode, reason, paused_by, paused_at
              FROM pause_of_all WHERE what = 'orders'
             UNION ALL
            SELECT tenant_id, what, mode, reason, paused_by, paused_at
              FROM pause WHERE tenant_id = current_tenant() AND what = 'orders'
            """;

    private final JdbcClient jdbc;

    JdbcOrderPauses(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    @Override
    public List<Pause> inForce() {
        return jdbc.sql(IN_FORCE).query(PauseRows::read).list();
    }
}
