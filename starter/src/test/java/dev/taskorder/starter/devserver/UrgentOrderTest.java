package dev.taskorder.starter.devserver;

import static dev.taskorder.starter.devserver.Caller.order;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** However long the line is, the most urgent order is next. */
@OnDevServer
class UrgentOrderTest {
    private static final int BACKLOG = 10_000;
    private static final int BATCH = 1000;
    private static final String AT_ONCE = "{\"duration_ms\": 1}";

    private final Stage stage;
    private final Caller caller;

    UrgentOrderTest(Stage stage) {
        this.stage = stage;
        this.caller = stage.newTenant();
    }

    @AfterEach
    void park_the_backlog() {
        stage.park(caller);
    }

    @Test
    void an_urgent_order_behind_ten_thousand_starts_within_two_seconds() {
        for (int made = 0; pending() < BACKLOG; made += BATCH) {
            int from = made;
            caller.createAll(IntStream.range(from, from + BATCH)
                    .mapToObj(i -> order("b" + i, AT_ONCE))
                    .toList());
        }
        String urgent = caller.create(order("urgent", AT_ONCE, ", \"priority\": 90"));
        assertThat(pending()).isGreaterThanOrEqualTo(BACKLOG);

        caller.awaitStatus(urgent, "SUCCESS");

        JsonNode order = caller.order(urgent);
        assertThat(Duration.between(time(order, "created_at"), time(order, "started_at")))
                .isLessThan(Duration.ofSeconds(2));
    }

    private int pending() {
        return stage.database()
                .sql()
                .sql("SELECT count(*) FROM task_order WHERE tenant_id = ? AND status = 'PENDING'")
                .param(caller.tenant())
                .query(Integer.class)
                .single();
    }

    private static OffsetDateTime time(JsonNode object, String field) {
        return OffsetDateTime.parse(object.path(field).asString());
    }
}
