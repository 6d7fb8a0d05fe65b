package dev.taskorder.activities.event;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What a timeline promises must hold. */
class SentencesTest {
    private static final Map<String, String> BLOCKED = Map.of("asset_id", "ip-1", "event_type", "IP_BLOCKED");

    @Test
    void the_next_attempt_comes_after_its_pause_or_later_for_it_may_have_to_wait_for_an_asset() {
        assertThat(Sentences.of(
                        "task_order.retrying", Map.of("attempt", 1, "result_code", "BANNED", "backoff_ms", 1000)))
                .isEqualTo("Attempt 1 ended with BANNED; the next one comes 1000 ms later at the earliest.");
        assertThat(Sentences.of("task_order.retrying", Map.of("attempt", 2, "result_code", "X", "backoff_ms", 0)))
                .isEqualTo("Attempt 2 ended with X; another one follows.");
    }

    @Test
    void what_the_executor_said_of_its_assets_is_told() {
        assertThat(Sentences.of(
                        "task_order.failed",
                        Map.of("result_code", "HARD_FAIL", "message", "no way", "lease_outcomes", List.of(BLOCKED))))
                .isEqualTo("Failed with HARD_FAIL (ip-1: IP_BLOCKED): no way.");
        String many = Sentences.of("task_order.succeeded", Map.of("lease_outcomes", Collections.nCopies(6, BLOCKED)));
        assertThat(many)
                .isEqualTo("Succeeded (" + String.join(", ", Collections.nCopies(5, "ip-1: IP_BLOCKED")) + ", …).");
        assertThat(Sentences.of("task_order.cancelled", Map.of())).isEqualTo("Cancelled.");
    }
}
