package dev.taskorder.trials;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ReportTest {
    private final ByteArrayOutputStream printed = new ByteArrayOutputStream();
    private final Report report = new Report("speed", new PrintStream(printed, true, StandardCharsets.UTF_8));

    @Test
    void a_bar_is_met_at_its_limit() {
        assertThat(Bar.atLeast(0.9).isMetBy(0.9)).isTrue();
        assertThat(Bar.atLeast(0.9).isMetBy(0.89)).isFalse();
        assertThat(Bar.atMost(400).isMetBy(400)).isTrue();
        assertThat(Bar.atMost(400).isMetBy(400.1)).isFalse();
    }

    @Test
    void the_table_says_which_bars_were_missed() {
        report.add(Figure.of("orders", 1234.4, "/s").with(Bar.atLeast(1500)));
        report.add(Figure.median("ratio", Sample.of(0.95, 0.9, 1.1), "×").with(Bar.atLeast(0.9)));
        report.print();
        assertThat(printed.toString(StandardCharsets.UTF_8))
                .contains("1234 /s", "bar ≥ 1500: MISSED", "0.95 ×", "bar ≥ 0.90: met", "0.90 to 1.10 in 3");
        assertThat(report.missedAny()).isTrue();
    }

    @Test
    void json_has_the_figures_and_what_is_behind_them() {
        report.add(Figure.of("orders", 1600, "/s").with(Bar.atLeast(1500)));
        report.detail("seconds", List.of(1, 2));
        Map<String, Object> json = report.asJson();
        assertThat(json).contains(entry("trial", "speed"), entry("details", Map.of("seconds", List.of(1, 2))));
        assertThat(json.get("figures"))
                .asInstanceOf(org.assertj.core.api.InstanceOfAssertFactories.list(Map.class))
                .singleElement()
                .isEqualTo(Map.of(
                        "what", "orders", "value", 1600.0, "unit", "/s", "note", "", "bar", "≥ 1500", "met", true));
    }
}
