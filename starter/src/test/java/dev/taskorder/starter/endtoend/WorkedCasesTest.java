package dev.taskorder.starter.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.taskorder.starter.testing.Bodies;
import dev.taskorder.starter.testing.Http.Answer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import tools.jackson.databind.JsonNode;

/** The worked cases of the specification, to the last digit. */
@EndToEnd
class WorkedCasesTest {
    private static final String LONDON = """
            {"idempotency_key": "%s", "project_id": "tickets", "env": "prod", "task_type": "TICKET_SNIPER",
             "priority": 90, "timeout_ms": 120000, "max_total_cost": 5.0, "business_value_hint": 50.0,
             "external_ref": "london-1",
             "resource_hints": [
               {"sku_category": "RAW_NET", "sku_code": "ip.residential.uk.*", "min_count": 1,
                "attributes": {"geo": "GB", "no_datacenter": true}},
               {"sku_category": "RAW_FUND", "sku_code": "vcc.uk.visa.onetime.*"}],
             "input": {"simulate": {"duration_ms": 20, "output": {"seats": 2},
               "costs": [{"kind": "captcha", "amount": 0.02}], "revenue": [{"kind": "sale", "amount": 50}]}}}
            """;

    @Autowired
    private Customers customers;

    @Test
    void who_prefers_to_wait_gets_the_end_in_the_answer_to_the_create() {
        Answer answer = withPool().http().post("/v1/task-orders", LONDON.formatted("waited"), "Prefer", "wait=25");
        assertThat(answer.status()).isEqualTo(201);
        assertThat(answer.json().path("status").asString()).isEqualTo("SUCCESS");
        assertThat(answer.json().path("output").path("seats").intValue()).isEqualTo(2);
    }

    @Test
    void a_ticket_order_in_london_gets_its_leases_and_its_books_balance() {
        Customer customer = withPool();
        String task = customer.created(LONDON.formatted("london"));
        JsonNode order = customer.awaitEnd(task, "SUCCESS");

        assertThat(order.path("result_code").asString()).isEqualTo("OK");
        assertThat(order.path("output").path("seats").intValue()).isEqualTo(2);
        assertThat(order.path("tenant_policies_version").asString()).isEqualTo("tenant_policy.v1");
        assertThat(order.path("lease_ids")).isEmpty();
        assertThat(customer.leases(task))
                .extracting(lease -> lease.path("asset_id").asString() + " "
                        + lease.path("unit_cost").decimalValue().toPlainString() + " "
                        + lease.path("state").asString())
                .containsExactlyInAnyOrder("ip-bt 0.35 RELEASED", "vcc-1 0.5 RELEASED");
        assertThat(customer.books(task))
                .containsExactlyInAnyOrder(
                        "HOLD grant held → wallet 0.85",
                        "POST lease spend:lease:RAW_NET → held 0.35",
                        "POST lease spend:lease:RAW_FUND → held 0.5",
                        "POST execution spend:execution → wallet 0",
                        "HOLD captcha held → wallet 0.02",
                        "POST captcha spend:executor:captcha → held 0.02",
                        "POST sale wallet → revenue:sale 50");
        assertThat(customer.total(task, "cost")).isEqualByComparingTo("0.87");
        assertThat(customer.total(task, "revenue")).isEqualByComparingTo("50");
        assertThat(customer.total(task, "margin")).isEqualByComparingTo("49.13");
        assertThat(customer.total(task, "held")).isEqualByComparingTo("0");
        assertThat(customer.events(task))
                .containsExactly(
                        "task_order.created",
                        "task_order.queued",
                        "lease.acquired",
                        "lease.acquired",
                        "task_order.running",
                        "lease.released",
                        "lease.released",
                        "task_order.succeeded");
    }

    @Test
    void every_ledger_entry_names_the_caller_s_own_numbers() {
        Customer customer = withPool();
        String task = customer.created(LONDON.formatted("mine"));
        customer.awaitEnd(task, "SUCCESS");
        assertThat(customer.read("/v1/task-orders/" + task + "/ledger").path("items"))
                .hasSize(7)
                .allSatisfy(entry -> {
                    assertThat(entry.path("task_id").asString()).isEqualTo(task);
                    assertThat(entry.path("idempotency_key").asString()).isEqualTo("mine");
                    assertThat(entry.path("external_ref").asString()).isEqualTo("london-1");
                    assertThat(entry.path("currency").asString()).isEqualTo("USD");
                });
    }

    @Test
    void a_caller_that_retries_gets_one_order_and_one_ledger() {
        Customer customer = withPool();
        String task = customer.created(LONDON.formatted("abc"));
        Answer second = customer.http().post("/v1/task-orders", LONDON.formatted("abc"));
        customer.awaitEnd(task, "SUCCESS");
        Answer third = customer.http().post("/v1/task-orders", LONDON.formatted("abc"));

        assertThat(second.status()).isEqualTo(200);
        assertThat(second.header("Idempotent-Replayed")).contains("true");
        assertThat(second.json().path("task_id").asString()).isEqualTo(task);
        assertThat(third.status()).isEqualTo(200);
        assertThat(third.json().path("task_id").asString()).isEqualTo(task);
        assertThat(third.json().path("status").asString()).isEqualTo("SUCCESS");
        assertThat(customer.ledger(task)).hasSize(5);
        assertThat(customer.read("/v1/task-orders").path("items")).hasSize(1);
    }

    @Test
    void a_synthetic_monitor_makes_a_real_request() throws IOException {
        HttpServer shop = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        byte[] page = "the shop is open".getBytes(StandardCharsets.UTF_8);
        shop.createContext("/", exchange -> {
            exchange.sendResponseHeaders(200, page.length);
            exchange.getResponseBody().write(page);
            exchange.close();
        });
        shop.start();
        try {
            Customer customer = customers.fresh();
            String url = "http://127.0.0.1:" + shop.getAddress().getPort() + "/";
            JsonNode open = customer.awaitEnd(monitor(customer, url, "is open"), "SUCCESS");
            JsonNode closed = customer.awaitEnd(monitor(customer, url, "is closed"), "FAILED");

            assertThat(open.path("output").path("status").intValue()).isEqualTo(200);
            assertThat(open.path("output").path("bytes").intValue()).isEqualTo(page.length);
            assertThat(open.path("output").path("latency_ms").isNumber()).isTrue();
            assertThat(closed.path("result_code").asString()).isEqualTo("SOFT_FAIL");
        } finally {
            shop.stop(0);
        }
    }

    private static String monitor(Customer customer, String url, String expected) {
        return customer.created(Bodies.order(
                "\"task_type\":\"SYNTHETIC_MONITOR\"",
                "\"input\":{\"url\":\"" + url + "\",\"expect_body_contains\":\"" + expected + "\"}"));
    }

    private Customer withPool() {
        Customer customer = customers.fresh();
        String residential = "\"attributes\":{\"geo\":\"GB\",\"no_datacenter\":true}";
        customer.asset("ip-bt", "\"sku_code\":\"ip.residential.uk.bt\"", "\"unit_cost\":0.35", residential);
        customer.asset("ip-sky", "\"sku_code\":\"ip.residential.uk.sky\"", "\"unit_cost\":0.40", residential);
        customer.asset(
                "ip-aws",
                "\"sku_code\":\"ip.datacenter.us.aws\"",
                "\"unit_cost\":0.02",
                "\"attributes\":{\"geo\":\"US\",\"no_datacenter\":false}");
        customer.asset(
                "vcc-1",
                "\"sku_category\":\"RAW_FUND\"",
                "\"sku_code\":\"vcc.uk.visa.onetime.1\"",
                "\"unit_cost\":0.50");
        return customer;
    }
}
