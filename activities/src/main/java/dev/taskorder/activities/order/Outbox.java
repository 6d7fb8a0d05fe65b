package dev.taskorder.activities.order;

import dev.taskorder.activities.json.Json;
import dev.taskorder.api.order.CancelSignal;
import java.sql.Types;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
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
        add(taskId, "cancel", Json.write(signal));
    }

    /** Without the priority: by the time the signal comes, the row may have a later one. */
    void reprioritised(UUID taskId) {
        add(taskId, "reprioritise", null);
    }

    void wake(UUID taskId) {
        add(taskId, "wake", null);
    }

    private void add(UUID taskId, String signal, @Nullable String payload) {
        jdbc.sql(ADD)
                .param("task", taskId)
                .param("signal", signal)
                .param("payload", payload, Types.VARCHAR)
                .update();
    }
}
