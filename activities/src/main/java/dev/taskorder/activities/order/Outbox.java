package dev.taskorder.activities.order;

import dev.taskorder.activities.json.Json;
import dev.taskorder.api.order.CancelSignal;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Signals that leave with the commit of the change they tell of. */
final class Outbox {
    private static final String ADD = """
            INSERT INTO outbox (task_id, signal, payload) VALUES (:task, :signal, :payload::jsonb)
            """;

    private final JdbcClient jdbc;

    Outbox(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    void cancel(UUID taskId, CancelSignal signal) {
        jdbc.sql(ADD)
                .param("task", taskId)
                .param("signal", "cancel")
                .param("payload", Json.write(signal))
                .update();
    }
}
