package dev.taskorder.api.order;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PriorityKeysTest {
    @ParameterizedTest
    @CsvSource({"100, 1", "80, 1", "79, 2", "60, 2", "59, 3", "50, 3", "40, 3", "39, 4", "20, 4", "19, 5", "0, 5"})
    void the_more_urgent_the_order_the_smaller_the_key(int priority, int key) {
        assertThat(PriorityKeys.of(priority)).isEqualTo(key);
    }
}
