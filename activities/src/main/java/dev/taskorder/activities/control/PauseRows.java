package dev.taskorder.activities.control;

import dev.taskorder.api.control.Pause;
import dev.taskorder.api.tenant.TenantId;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;

/** Rows of {@code pause} and {@code pause_of_all}, with {@code tenant_id}. */
final class PauseRows {
    private PauseRows() {}

    static Pause read(ResultSet row, int rowNum) throws SQLException {
        return new Pause(
                new TenantId(row.getString("tenant_id")),
                Pause.What.of(row.getString("what")),
                Pause.Mode.of(row.getString("mode")),
                row.getString("reason"),
                row.getString("paused_by"),
                row.getObject("paused_at", OffsetDateTime.class).toInstant());
    }
}
