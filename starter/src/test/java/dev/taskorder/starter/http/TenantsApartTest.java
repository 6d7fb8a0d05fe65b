package dev.taskorder.starter.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.taskorder.starter.testing.Bodies;
import dev.taskorder.starter.testing.FullApplication;
import dev.taskorder.starter.testing.Http;
import dev.taskorder.starter.testing.Http.Answer;
import dev.taskorder.starter.testing.TestDatabase;
import dev.taskorder.starter.testing.TestTenants;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.node.ObjectNode;

/** What is another tenant's is not there, in every word of the answer. */
@FullApplication
class TenantsApartTest {
    private static final String TABLES_OF_TENANTS = """
            SELECT table_name FROM information_schema.columns
             WHERE column_name = 'tenant_id' AND table_schema = 'public'
            """;

    @LocalServerPort
    int port;

    @Autowired
    TestTenants tenants;

    @Autowired
    MeterRegistry metrics;

    private Http a;
    private Http b;
    private String orderOfA;

    @BeforeEach
    void let_a_have_an_order_and_an_asset() {
        a = new Http(port, tenants.fresh());
        b = new Http(port, tenants.fresh());
        orderOfA = a.post("/v1/task-orders", Bodies.orderUnder("k", "\"external_ref\":\"r\"", "\"tags\":[\"t\"]"))
                .json()
                .path("task_id")
                .asString();
        a.put("/v1/assets/a1", Bodies.asset());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "/events", "/leases", "/ledger", "/attempts", "/explain"})
    void an_order_of_another_tenant_answers_like_a_missing_one(String part) {
        Answer own = a.get("/v1/task-orders/" + orderOfA + part);
        Answer foreign = b.get("/v1/task-orders/" + orderOfA + part);
        Answer missing = b.get("/v1/task-orders/" + UUID.randomUUID() + part);

        assertThat(own.status()).isEqualTo(200);
        assertSame(foreign, missing);
    }

    @Test
    void a_tenant_that_is_not_there_creates_nothing_and_is_not_made() {
        Http nobody = new Http(port, "nobody");

        Answer one = nobody.post("/v1/task-orders", Bodies.order());
        Answer batch = nobody.post("/v1/task-orders/batch", Bodies.batch(2));
        Answer asset = nobody.put("/v1/assets/a1", Bodies.asset());

        for (Answer answer : new Answer[] {one, batch, asset}) {
            assertThat(answer.status()).as(answer.text()).isEqualTo(403);
            assertThat(answer.code()).isEqualTo("tenant_unknown");
            assertThat(answer.pointers()).containsExactly("/tenant");
        }
        JdbcClient superuser = TestDatabase.asSuperuser("accepting");
        List<String> tables =
                superuser.sql(TABLES_OF_TENANTS).query(String.class).list();
        assertThat(tables).contains("tenant", "task_order", "task_event", "outbox", "asset");
        assertThat(tables).allSatisfy(table -> assertThat(superuser
                        .sql("SELECT count(*) FROM " + table + " WHERE tenant_id = 'nobody'")
                        .query(Long.class)
                        .single())
                .isZero());
    }

    @Test
    void it_cannot_be_cancelled_either() {
        assertSame(
                b.post("/v1/task-orders/" + orderOfA + "/cancel", ""),
                b.post("/v1/task-orders/" + UUID.randomUUID() + "/cancel", ""));
        assertThat(a.get("/v1/task-orders/" + orderOfA)
                        .json()
                        .path("cancel_requested_at")
                        .isNull())
                .isTrue();
    }

    @Test
    void an_asset_of_another_tenant_answers_like_a_missing_one() {
        assertSame(b.get("/v1/assets/a1"), b.get("/v1/assets/nothing"));
        assertThat(b.put("/v1/assets/a1", Bodies.asset("\"env\":\"dev\"")).status())
                .isEqualTo(201);
        assertThat(a.get("/v1/assets/a1").json().path("env").asString()).isEqualTo("prod");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/v1/task-orders",
                "/v1/task-orders?external_ref=r",
                "/v1/task-orders?tag=t",
                "/v1/task-orders?idempotency_key=k",
                "/v1/assets",
                "/v1/leases"
            })
    void lists_show_only_what_is_ones_own(String path) {
        assertThat(b.get(path).json().path("items")).isEmpty();
    }

    @Test
    void a_key_of_another_tenant_is_free() {
        Answer created = b.post("/v1/task-orders", Bodies.orderUnder("k", "\"priority\":3"));

        assertThat(created.status()).isEqualTo(201);
        assertThat(created.json().path("task_id").asString()).isNotEqualTo(orderOfA);
    }

    @Test
    void a_cursor_of_another_tenant_is_refused() {
        a.post("/v1/task-orders", Bodies.order());
        String cursor =
                a.get("/v1/task-orders?limit=1").json().path("next_cursor").asString();

        assertThat(a.get("/v1/task-orders?limit=1&cursor=" + cursor).status()).isEqualTo(200);
        assertThat(b.get("/v1/task-orders?limit=1&cursor=" + cursor).pointers()).containsExactly("/cursor");
        assertThat(a.get("/v1/assets?cursor=" + cursor).pointers()).containsExactly("/cursor");
    }

    @Test
    void who_guesses_ids_is_counted_and_a_foreign_one_counts_like_a_missing_one() {
        Counter counter = metrics.get("taskorder.not.found").counter();
        double before = counter.count();

        b.get("/v1/task-orders/" + orderOfA);
        b.get("/v1/task-orders/" + UUID.randomUUID());
        b.get("/v1/assets/a1");
        b.get("/v1/nothing");

        assertThat(counter.count()).isEqualTo(before + 3);
        assertThat(metrics.find("taskorder.not.found").counters())
                .as("nothing tells which of them was there")
                .hasSize(1);
        assertThat(counter.getId().getTags()).isEmpty();
    }

    private static void assertSame(Answer foreign, Answer missing) {
        assertThat(foreign.status()).isEqualTo(404).isEqualTo(missing.status());
        assertThat(withoutTrace(foreign)).isEqualTo(withoutTrace(missing));
    }

    private static ObjectNode withoutTrace(Answer answer) {
        ObjectNode problem = (ObjectNode) answer.json();
        problem.remove("trace_id");
        return problem;
    }
}
