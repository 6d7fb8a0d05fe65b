package dev.taskorder.starter.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariConfigMXBean;
import com.zaxxer.hikari.HikariDataSource;
import dev.taskorder.starter.testing.Http.Answer;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** One connection for all: whatever a tenant's transaction leaves on it, the next tenant would find. */
@EndToEnd
class TenantWallTest {
    @Autowired
    private Customers customers;

    @Autowired
    private ScriptedExecutor executor;

    @Autowired
    private HikariDataSource pool;

    private int usualSize;

    @BeforeEach
    void one_connection() {
        HikariConfigMXBean settings = pool.getHikariConfigMXBean();
        usualSize = settings.getMaximumPoolSize();
        settings.setMinimumIdle(1);
        settings.setMaximumPoolSize(1);
        pool.getHikariPoolMXBean().softEvictConnections();
    }

    @AfterEach
    void all_connections() {
        pool.getHikariConfigMXBean().setMaximumPoolSize(usualSize);
        pool.getHikariConfigMXBean().setMinimumIdle(usualSize);
    }

    @Test
    void another_tenant_s_objects_answer_exactly_like_missing_ones() {
        Customer mine = customers.fresh();
        Customer other = customers.fresh();
        mine.oneSlot();
        String ended = mine.order(Customer.ONE_NET, "\"external_ref\":\"mine\"", "\"tags\":[\"mine\"]");
        mine.awaitEnd(ended, "SUCCESS");
        String running = mine.order("\"task_type\":\"SCRIPTED\"", Customer.ONE_NET);
        executor.awaitRun(running, 1);
        assertThat(pool.getHikariPoolMXBean().getTotalConnections()).isEqualTo(1);

        for (String task : List.of(ended, running)) {
            for (String part : List.of("", "/events", "/leases", "/ledger", "/attempts", "/explain")) {
                assertLikeMissing(other.http().get("/v1/task-orders/" + task + part), task, id -> other.http()
                        .get("/v1/task-orders/" + id + part));
            }
            assertLikeMissing(other.cancel(task), task, other::cancel);
        }
        JsonNode lease = mine.leases(running).path(0);
        String token = "{\"fencing_token\":" + lease.path("fencing_token") + "}";
        String leaseId = lease.path("lease_id").asString();
        assertLikeMissing(other.http().post("/v1/leases/" + leaseId + "/release", token), leaseId, id -> other.http()
                .post("/v1/leases/" + id + "/release", token));
        assertThat(mine.leases(running).path(0)).isEqualTo(lease);
        assertLikeMissing(
                other.http().get("/v1/assets/only"), "only", id -> other.http().get("/v1/assets/" + id));
        assertThat(Customer.statusOf(mine.get(running))).isEqualTo("RUNNING");
        assertThat(mine.get(running).path("cancel_requested_at").isNull()).isTrue();
        executor.awaitRun(running, 1).answers("OK");
        mine.awaitEnd(running, "SUCCESS");
    }

    @Test
    void lists_and_filters_show_nothing_of_another_tenant() {
        Customer mine = customers.fresh();
        Customer other = customers.fresh();
        mine.oneSlot();
        String task = mine.order(Customer.ONE_NET, "\"external_ref\":\"mine\"", "\"tags\":[\"mine\"]");
        JsonNode order = mine.awaitEnd(task, "SUCCESS");
        mine.awaitEnd(mine.order(Customer.ONE_NET), "SUCCESS");
        String key = order.path("idempotency_key").asString();
        for (String list : List.of(
                "/v1/task-orders",
                "/v1/task-orders?status=SUCCESS",
                "/v1/task-orders?external_ref=mine",
                "/v1/task-orders?tag=mine",
                "/v1/task-orders?project_id=p",
                "/v1/task-orders?idempotency_key=" + key,
                "/v1/assets",
                "/v1/assets?sku_category=RAW_NET",
                "/v1/leases",
                "/v1/leases?task_id=" + task,
                "/v1/leases?asset_id=only")) {
            assertThat(mine.read(list).path("items")).as(list).isNotEmpty();
            assertThat(other.read(list).path("items")).as(list).isEmpty();
        }
        String cursor = mine.read("/v1/task-orders?limit=1").path("next_cursor").asString();
        assertThat(other.http().get("/v1/task-orders?limit=1&cursor=" + cursor).status())
                .as("a cursor belongs to one tenant")
                .isEqualTo(400);
    }

    @Test
    void the_same_names_are_other_things_for_another_tenant() {
        Customer mine = customers.fresh();
        Customer other = customers.fresh();
        mine.oneSlot();
        JsonNode asset = mine.read("/v1/assets/only");
        other.asset("only", "\"unit_cost\":9");
        assertThat(mine.read("/v1/assets/only")).isEqualTo(asset);

        String body = dev.taskorder.starter.testing.Bodies.orderUnder("same", Customer.ONE_NET);
        String first = mine.created(body);
        String second = other.created(body);
        assertThat(first).isNotEqualTo(second);
        mine.awaitEnd(first, "SUCCESS");
        other.awaitEnd(second, "SUCCESS");
        assertThat(mine.total(first, "cost")).isEqualByComparingTo("0.35");
        assertThat(other.total(second, "cost")).isEqualByComparingTo("9");
    }

    private interface Request {
        Answer of(String id);
    }

    private static void assertLikeMissing(Answer foreign, String id, Request request) {
        String missing = UUID.randomUUID().toString();
        Answer random = request.of(missing);
        assertThat(foreign.status()).as(foreign.text()).isEqualTo(404);
        assertThat(random.status()).isEqualTo(404);
        assertThat(said(foreign, id)).isEqualTo(said(random, missing));
        assertThat(foreign.response().headers().map().keySet())
                .isEqualTo(random.response().headers().map().keySet());
    }

    /** The answer without what differs from request to request. */
    private static String said(Answer answer, String id) {
        ObjectNode problem = (ObjectNode) answer.json();
        problem.remove("trace_id");
        return problem.toString().replace(id, "{id}");
    }
}
