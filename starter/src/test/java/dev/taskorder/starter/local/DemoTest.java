package dev.taskorder.starter.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** The demo as {@code ./taskorder demo} starts it. */
@Execution(ExecutionMode.CONCURRENT)
class DemoTest {
    @TempDir
    Path folder;

    @AfterEach
    void leave_nothing_running() {
        RunningInstance.killServersOf(folder);
    }

    @Test
    void three_orders_settle_and_nothing_is_left_running() throws Exception {
        try (RunningInstance demo =
                RunningInstance.start(folder, RunningInstance.tools(), "--spring.profiles.active=local,demo")) {
            assertThat(demo.awaitExit()).as("its output:%n%s", demo.output()).isZero();
            assertThat(demo.output())
                    .contains("task_order.succeeded", "asset prod-ip-bt", "asset prod-vcc-1", "margin 49.13 USD")
                    .contains(
                            "(replayed)",
                            "All three ended as they should",
                            "/swagger-ui.html",
                            "idempotency_key=first'")
                    .containsPattern("Temporal Web UI   " + webUi())
                    .doesNotContain("demo failed");
            assertThat(demo.servers()).isEmpty();
            assertShowsEachTransitionWithItsTime(demo.output());
            assertShowsEveryLedgerLine(demo.output());
            assertThat(found("  output (.*)", demo.output()))
                    .singleElement()
                    .asString()
                    .contains("\"status\":200");
            assertThat(found("  answer 20[01] .*task_id (.*)", demo.output()))
                    .hasSize(3)
                    .allMatch(id -> id.matches("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"))
                    .containsOnly(
                            found("  answer 201 .*task_id (.*)", demo.output()).get(0));
        }
    }

    private static void assertShowsEachTransitionWithItsTime(String output) {
        String timed = "  \\d\\d:\\d\\d:\\d\\d\\.\\d{3}  ";
        List<String> transitions =
                List.of("task_order.created", "task_order.queued", "task_order.running", "task_order.succeeded");
        List<String> ofThree = Stream.of(transitions, transitions, transitions)
                .flatMap(List::stream)
                .toList();
        assertThat(found(timed + "(task_order\\.\\S+) .*", output)).isEqualTo(ofThree);
    }

    private static void assertShowsEveryLedgerLine(String output) {
        List<String> lines = found("  ledger +(.*)", output).stream()
                .map(line -> line.replaceAll(" +", " "))
                .toList();
        // how often a cost is told of, and so posted, while its executor works is a matter of time
        assertThat(lines.stream().filter(line -> !line.contains("captcha")))
                .containsExactly(
                        "HOLD grant 0.85 held → wallet",
                        "POST lease 0.35 spend:lease:RAW_NET → held",
                        "POST lease 0.5 spend:lease:RAW_FUND → held",
                        "POST execution 0 spend:execution → wallet",
                        "POST sale 50 wallet → revenue:sale",
                        "HOLD grant 0.02 held → wallet",
                        "POST lease 0.02 spend:lease:RAW_NET → held",
                        "POST execution 0 spend:execution → wallet",
                        "POST execution 0 spend:execution → wallet");
        assertThat(lines.stream()
                        .filter(line -> line.matches("POST captcha .* spend:executor:captcha → held"))
                        .map(line -> new BigDecimal(line.split(" ")[2]))
                        .reduce(BigDecimal.ZERO, BigDecimal::add))
                .isEqualByComparingTo("0.02");
        assertThat(found("  total +(.*)", output))
                .containsExactly(
                        "cost 0.87 · revenue 50 · margin 49.13 USD",
                        "cost 0.02 · revenue 0 · margin -0.02 USD",
                        "cost 0 · revenue 0 · margin 0 USD");
    }

    /** What the group of the pattern is, in each line that matches. */
    private static List<String> found(String pattern, String output) {
        return Pattern.compile("^" + pattern + "$", Pattern.MULTILINE)
                .matcher(output)
                .results()
                .map(line -> line.group(1))
                .toList();
    }

    @Test
    void an_order_that_ends_otherwise_fails_the_demo_with_a_plain_reason() throws Exception {
        try (RunningInstance demo = RunningInstance.start(
                folder,
                RunningInstance.tools(),
                "--spring.profiles.active=local,demo",
                // knows nothing of tickets
                "--taskorder.local.default-executor=synthetic_monitor")) {
            assertThat(demo.awaitExit()).as("its output:%n%s", demo.output()).isEqualTo(1);
            assertThat(demo.output())
                    .containsPattern(
                            "demo failed: order [0-9a-f-]{36} ended as FAILED / SOFT_FAIL: input.url is required")
                    .doesNotContain("All three ended", "Exception");
            assertThat(demo.servers()).isEmpty();
        }
    }

    @Test
    void a_demo_that_is_stopped_has_not_failed() throws Exception {
        try (RunningInstance demo =
                RunningInstance.start(folder, RunningInstance.tools(), "--spring.profiles.active=local,demo")) {
            demo.awaitOutput("task_order.running");
            demo.pressCtrlC();
            demo.awaitExit();
            assertThat(demo.output()).doesNotContain("demo failed", "Exception", "FAILED TO START");
            assertThat(demo.servers()).isEmpty();
        }
    }

    /** What the demo says of it: only a server of its own has one. */
    private static String webUi() {
        return System.getProperty("taskorder.temporal.program") == null
                ? "none: the in-JVM Temporal has no Web UI"
                : "http://127.0.0.1:\\d+/namespaces/default/workflows/tenant_a%3Aprod%3Ademo-ticket-london";
    }
}
