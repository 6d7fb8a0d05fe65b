package dev.taskorder.api.principal;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ReservedNamesTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "system",
                "operator",
                "temporal",
                "bootstrap",
                "maintenance",
                "matcher",
                "workflow",
                "ledger",
                "executor",
                "System",
                "SYSTEM",
                "\uFF53ystem",
                "\u00A0system"
            })
    void what_the_application_calls_itself_is_reserved_however_it_is_written(String name) {
        assertThat(ReservedNames.contains(name)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "ops", "system-7", "my.operator", "anna@example.com", "systems"})
    void anything_else_is_not(String name) {
        assertThat(ReservedNames.contains(name)).isFalse();
    }
}
