package dev.taskorder.starter.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.taskorder.starter.testing.Http;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.beans.factory.annotation.Autowired;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** The tour of the README, its rehearsal and its budget, each in one bash, as a reader would type it. */
@EndToEnd
class ReadmeTourTest {
    private static final Path README = Path.of("..", "README.md");
    private static final Path REHEARSAL = Path.of("..", "docs", "how-to", "rehearse-with-simulated.md");
    private static final Path BUDGETS = Path.of("..", "docs", "how-to", "limit-what-projects-spend.md");
    private static final Pattern BLOCK = Pattern.compile("<!-- tour -->\n```bash\n(.*?)```", Pattern.DOTALL);
    private static final Pattern SHOWN_ANSWER = Pattern.compile("```json\n(.*?)```", Pattern.DOTALL);
    private static final String END_OF_BLOCK = "@@@ exit ";
    private static final int TOUR_SECONDS_MAX = 60;
    /** What is another one each time. */
    private static final Set<String> OWN_EACH_TIME = Set.of("task_id", "created_at", "updated_at");

    @Autowired
    private Customers customers;

    @TempDir
    private Path folder;

    private record Step(String command, int exit, String output) {}

    @Test
    void every_block_does_what_the_readme_promises() throws Exception {
        String readme = Files.readString(README);
        List<Step> tour = walk(blocksOf(readme));
        assertThat(tour)
                .allSatisfy(step -> assertThat(step.exit()).as(step.toString()).isZero());

        assertThat(fixed(Http.json(tour.get(0).output()))).isEqualTo(fixed(shownAnswer(readme)));
        String task = said(tour, "echo \"task_id").replace("task_id ", "").strip();
        assertThat(task).hasSize(36);
        assertThat(said(tour, "create\n"))
                .contains("HTTP/1.1 200", "Idempotent-Replayed: true", "\"task_id\":\"" + task + "\"");
        assertThat(said(tour, "api \"/task-orders/$task_id?wait=30\""))
                .contains("HTTP/1.1 200", "ETag: \"", "\"status\":\"SUCCESS\"");
        assertThat(said(tour, "api \"/task-orders/$task_id/leases\"")).contains("prod-ip-bt", "prod-vcc-1");
        assertThat(said(tour, "api \"/task-orders/$task_id/ledger\""))
                .contains("\"cost\":0.85", "\"revenue\":50", "\"margin\":49.15");
        assertThat(said(tour, "api \"/task-orders/$task_id/events\""))
                .contains("task_order.created", "task_order.succeeded", "\"number\":1")
                .doesNotContain("\"number\":2");
        assertThat(said(tour, "slow_id=")).contains("HTTP/1.1 202", "\"status\":\"CANCELLED\"");
        assertThat(said(tour, "curl -sS -w '\\n' -i")).contains("HTTP/1.1 404", "\"code\":\"not_found\"");
    }

    @Test
    void the_rehearsal_goes_as_its_page_says() throws Exception {
        List<Step> rehearsal = walk(blocksOf(Files.readString(REHEARSAL)));
        assertThat(rehearsal)
                .allSatisfy(step -> assertThat(step.exit()).as(step.toString()).isZero());
        assertThat(rehearsal.get(0).output()).contains("\"status\":\"SUCCESS\"", "\"seat\":\"A1\"");
        assertThat(rehearsal.get(1).output())
                .contains("Attempt 1 ended with BANNED (sandbox-ip-bt: IP_BLOCKED); the next one comes 1000 ms later")
                .contains("Gave sandbox-ip-bt back.", "Leased sandbox-ip-sky", "Succeeded");
    }

    @Test
    void a_budget_is_set_and_looked_at_as_its_page_says() throws Exception {
        List<Step> budget = walk(blocksOf(Files.readString(BUDGETS)));
        assertThat(budget).singleElement().satisfies(step -> {
            assertThat(step.exit()).isZero();
            String[] answers = step.output().strip().split("\n");
            assertThat(answers).hasSize(2);
            assertThat(answers[1]).isEqualTo(answers[0]).contains("\"limit\":500", "\"remaining\":500");
        });
    }

    private static List<String> blocksOf(String readme) {
        List<String> blocks = new ArrayList<>();
        Matcher block = BLOCK.matcher(readme);
        while (block.find()) {
            blocks.add(block.group(1));
        }
        assertThat(blocks).isNotEmpty();
        return blocks;
    }

    /** What the block that begins with these words printed. */
    private static String said(List<Step> tour, String words) {
        return tour.stream()
                .filter(step ->
                        step.command().startsWith(words) || step.command().contains("\n" + words))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no block of the tour has: " + words))
                .output();
    }

    private List<Step> walk(List<String> blocks) throws IOException, InterruptedException {
        StringBuilder script = new StringBuilder();
        for (String block : blocks) {
            script.append(block.replace("127.0.0.1:8080", "127.0.0.1:" + customers.port()))
                    .append("\necho \"")
                    .append(END_OF_BLOCK)
                    .append("$?\"\n");
        }
        Path file = Files.writeString(folder.resolve("tour.sh"), script);
        Path output = folder.resolve("tour.out");
        Process bash = new ProcessBuilder("bash", file.toString())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        try {
            assertThat(bash.waitFor(TOUR_SECONDS_MAX, TimeUnit.SECONDS)).isTrue();
        } finally {
            bash.destroyForcibly();
        }
        return steps(blocks, Files.readString(output));
    }

    private static List<Step> steps(List<String> blocks, String output) {
        List<Step> steps = new ArrayList<>();
        int from = 0;
        for (String block : blocks) {
            int end = output.indexOf(END_OF_BLOCK, from);
            assertThat(end).as("the end of\n" + block + "\nin\n" + output).isNotNegative();
            int line = output.indexOf('\n', end);
            int exit = Integer.parseInt(
                    output.substring(end + END_OF_BLOCK.length(), line).strip());
            steps.add(new Step(block, exit, output.substring(from, end)));
            from = line + 1;
        }
        return steps;
    }

    private static JsonNode shownAnswer(String readme) {
        Matcher shown = SHOWN_ANSWER.matcher(readme);
        assertThat(shown.find()).isTrue();
        return Http.json(shown.group(1));
    }

    private static JsonNode fixed(JsonNode order) {
        return ((ObjectNode) order).remove(OWN_EACH_TIME);
    }
}
