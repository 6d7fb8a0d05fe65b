package dev.taskorder.starter.demo;

import static dev.taskorder.starter.demo.DemoFailedException.expect;

import dev.taskorder.api.order.WorkflowIds;
import dev.taskorder.api.tenant.TenantId;
import java.io.IOException;
import java.math.BigDecimal;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.springframework.core.env.Environment;
import tools.jackson.databind.JsonNode;

/** The two worked cases of the data contract and one order that makes a real HTTP request. */
final class DemoStory {
    private static final String TICKET_KEY = "demo-ticket-london";
    private static final int RETRIES = 3;

    private final DemoApi api;
    private final Screen screen;
    private final OrderTrail trail;
    private final Environment environment;

    DemoStory(DemoApi api, Screen screen, Environment environment) {
        this.api = api;
        this.screen = screen;
        this.trail = new OrderTrail(api, screen);
        this.environment = environment;
    }

    void tell() throws IOException, InterruptedException {
        ticketInLondon();
        callerThatRetries();
        syntheticMonitor();
        whatToLookAt();
    }

    private void ticketInLondon() throws IOException, InterruptedException {
        screen.chapter(
                "1 · A ticket order in London: priority 90, worth 50 USD, at most 5 USD, one UK address and one card");
        JsonNode order = trail.follow(api.create(ticketOrder()).taskId());
        Set<String> categories = trail.leasedCategories(order);
        expect(categories.equals(Set.of("RAW_NET", "RAW_FUND")), "it was given " + categories);
        JsonNode totals = trail.showLedger(order);
        expect(totals.path("revenue").decimalValue().compareTo(new BigDecimal("50")) == 0, "its revenue is " + totals);
    }

    private void callerThatRetries() throws IOException, InterruptedException {
        screen.chapter("2 · A caller that retries: the same create three times at once, under one idempotency key");
        List<DemoApi.Created> answers = api.createAtOnce(retriedOrder(), RETRIES);
        answers.forEach(answer -> screen.line("answer %d%s  task_id %s"
                .formatted(answer.status(), answer.replayed() ? " (replayed)" : " (new)     ", answer.taskId())));
        Set<String> ids = answers.stream().map(DemoApi.Created::taskId).collect(Collectors.toSet());
        expect(ids.size() == 1, "one key made several orders: " + ids);
        expect(answers.stream().filter(answer -> !answer.replayed()).count() == 1, "not exactly one answer was new");
        trail.showLedger(trail.follow(answers.get(0).taskId()));
    }

    private void syntheticMonitor() throws IOException, InterruptedException {
        screen.chapter("3 · A synthetic monitor: a real HTTP request, to this application's own health page");
        JsonNode order = trail.follow(api.create(monitorOrder()).taskId());
        screen.line("output " + order.path("output"));
        expect(order.path("output").path("status").asInt() == 200, "the page did not answer 200");
        trail.showLedger(order);
    }

    private void whatToLookAt() {
        screen.chapter("All three ended as they should. To look at:");
        screen.line("Swagger UI        " + api.url() + "/swagger-ui.html");
        screen.line("Temporal Web UI   " + workflowPage());
        screen.line("The links live as long as the demo: ./taskorder demo --keep keeps it until Ctrl-C.");
        screen.chapter("What to type next:");
        screen.line("./taskorder up");
        screen.line("curl -s -w '\\n' -H 'tenant: tenant_a' -H 'Content-Type: application/json' \\");
        screen.line("  -d '{\"idempotency_key\": \"first\", \"project_id\": \"p1\", \"env\": \"sandbox\","
                + " \"task_type\": \"SIMULATED\"}' http://127.0.0.1:8080/v1/task-orders");
        screen.line("and its status and result:");
        screen.line("curl -s -w '\\n' -H 'tenant: tenant_a' \\");
        screen.line("  'http://127.0.0.1:8080/v1/task-orders?env=sandbox&idempotency_key=first'");
    }

    private String workflowPage() {
        String ui = environment.getProperty("taskorder.temporal.ui-url", "");
        if (ui.isBlank()) {
            return "none: the in-JVM Temporal has no Web UI (the `temporal` program has one: ./taskorder help)";
        }
        String workflow = WorkflowIds.of(new TenantId(DemoApi.TENANT), "prod", TICKET_KEY);
        String namespace = environment.getRequiredProperty("taskorder.temporal.namespace");
        return ui + "/namespaces/" + namespace + "/workflows/" + URLEncoder.encode(workflow, StandardCharsets.UTF_8);
    }

    private static Map<String, Object> ticketOrder() {
        return Map.ofEntries(
                Map.entry("idempotency_key", TICKET_KEY),
                Map.entry("project_id", "tickets"),
                Map.entry("env", "prod"),
                Map.entry("task_type", "TICKET_SNIPER"),
                Map.entry("priority", 90),
                Map.entry("timeout_ms", 120_000),
                Map.entry("max_total_cost", new BigDecimal("5.0")),
                Map.entry("business_value_hint", new BigDecimal("50.0")),
                Map.entry(
                        "resource_hints",
                        List.of(
                                Map.of(
                                        "sku_category", "RAW_NET",
                                        "sku_code", "ip.residential.uk.*",
                                        "attributes", Map.of("geo", "GB")),
                                Map.of("sku_category", "RAW_FUND", "sku_code", "vcc.uk.visa.onetime.*"))),
                Map.entry(
                        "input",
                        simulated(Map.of(
                                "duration_ms",
                                1500,
                                "result_message",
                                "two seats, row F",
                                "costs",
                                List.of(Map.of("kind", "captcha", "amount", new BigDecimal("0.02"))),
                                "revenue",
                                List.of(Map.of("kind", "sale", "amount", 50))))));
    }

    private static Map<String, Object> retriedOrder() {
        return Map.of(
                "idempotency_key", "demo-retried",
                "project_id", "tickets",
                "env", "prod",
                "task_type", "E2E_CHECKOUT",
                "resource_hints", List.of(Map.of("sku_category", "RAW_NET", "sku_code", "ip.datacenter.us.*")),
                "input", simulated(Map.of("duration_ms", 300)));
    }

    private Map<String, Object> monitorOrder() {
        return Map.of(
                "idempotency_key", "demo-monitor",
                "project_id", "monitors",
                "env", "prod",
                "task_type", "SYNTHETIC_MONITOR",
                "input", Map.of("url", api.url() + "/actuator/health/liveness", "expect_status", 200));
    }

    private static Map<String, Object> simulated(Map<String, Object> behaviour) {
        return Map.of("simulate", behaviour);
    }
}
