package dev.taskorder.starter.order;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.taskorder.activities.event.EventRelay;
import dev.taskorder.activities.order.FollowUps;
import dev.taskorder.activities.tenant.TenantTransactions;
import dev.taskorder.api.order.CreateResult;
import dev.taskorder.api.order.TaskOrderSpec;
import dev.taskorder.api.policy.Policies;
import dev.taskorder.api.tenant.TenantId;
import dev.taskorder.starter.tenant.BackgroundRunner;
import dev.taskorder.starter.testing.Bodies;
import dev.taskorder.starter.testing.FullApplication;
import dev.taskorder.starter.testing.Http;
import dev.taskorder.starter.testing.TestTenants;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.JsonNode;

/** What follows from the end of an order is created once, whoever sees to it and however often. */
@FullApplication
class FollowUpHandlerTest {
    private static final String RULE = """
            {"id": "again", "on": "task_order.cancelled", "task_type": "T",
             "create": {"task_type": "T", "priority": 7, "input": {"was": "{{order.task_id}}", "n": "{{input.n}}"}}}""";

    @LocalServerPort
    int port;

    @Autowired
    TestTenants tenants;

    @Autowired
    FollowUps followUps;

    @Autowired
    Policies policies;

    @Autowired
    EventRelay relay;

    @Autowired
    BackgroundRunner runner;

    @Autowired
    TenantTransactions transactions;

    @Autowired
    JdbcClient jdbc;

    private String tenant;
    private Http http;
    private int version = 1;

    @BeforeEach
    void a_tenant() {
        tenant = tenants.fresh();
        http = new Http(port, tenant);
    }

    @Test
    void an_end_creates_what_its_rule_says_and_both_orders_show_it() {
        activate(RULE, "");
        String first = cancelled(http, "");
        handle();

        List<String> next = followUpsOf(first);
        assertThat(next).hasSize(1);
        JsonNode order = order(next.get(0));
        assertThat(order.path("caused_by").asString()).isEqualTo(first);
        assertThat(order.path("env").asString()).isEqualTo("prod");
        assertThat(order.path("priority").asInt()).isEqualTo(7);
        assertThat(order.at("/input/was").asString()).isEqualTo(first);
        assertThat(order.at("/input/n").asInt()).isEqualTo(5);
        assertThat(order.path("follow_ups").isEmpty()).isTrue();
        assertThat(order(first).path("caused_by").isNull()).isTrue();
    }

    @Test
    void two_handlers_at_once_create_one_order() throws Exception {
        activate(RULE, "");
        List<String> ended = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            ended.add(cancelled(http, ""));
        }
        see();
        ExecutorService threads = Executors.newFixedThreadPool(2);
        try {
            Future<?> one = threads.submit(() -> handleAll(followUps));
            Future<?> other = threads.submit(() -> handleAll(followUps));
            one.get();
            other.get();
        } finally {
            threads.shutdownNow();
        }
        assertThat(ended).allSatisfy(id -> assertThat(followUpsOf(id)).hasSize(1));
    }

    @ParameterizedTest
    @ValueSource(strings = {"before create", "after create", "before passed", "after passed"})
    void who_dies_at_any_step_leaves_it_to_the_next(String step) {
        activate(RULE, "");
        String first = cancelled(http, "");
        see();

        assertThatThrownBy(() -> handleAll(dying(followUps, step)))
                .isInstanceOf(Error.class)
                .hasMessage(step);
        handleAll(followUps);
        assertThat(followUpsOf(first)).hasSize(1);
    }

    @Test
    void a_chain_of_eight_ends_with_a_reason() {
        activate(RULE, "");
        String last = cancelled(http, "");
        for (int depth = 1; depth <= 8; depth++) {
            handle();
            last = followUpsOf(last).get(0);
            http.post("/v1/task-orders/" + last + "/cancel", "");
        }
        handle();

        assertThat(followUpsOf(last)).isEmpty();
        assertThat(refusals(last)).containsExactly("again chain_too_deep");
    }

    @Test
    void what_policy_or_template_refuse_is_told_and_keeps_nothing_else_back() {
        activate(
                RULE.replace("again", "bad")
                                .replace(
                                        "\"T\", \"priority\": 7",
                                        "\"T\", \"priority\": \"{{input.none}}\", \"description\": \"{{input.nor}}\"")
                        + ","
                        + RULE.replace("again", "elsewhere")
                                .replace("\"priority\"", "\"env\": \"{{input.where}}\", \"priority\"")
                        + "," + RULE,
                "");
        String first = cancelled(http, "");
        handle();

        assertThat(followUpsOf(first)).hasSize(1);
        assertThat(refusals(first)).containsExactly("bad invalid_request", "elsewhere not_allowed_by_policy");
        assertThat(http.get("/v1/task-orders/" + first + "/events").text())
                .contains("/priority has no value")
                .contains("/description has no value");
    }

    @Test
    void what_fails_for_no_known_reason_is_tried_again_and_then_told_and_the_next_one_has_its_turn() {
        activate(RULE, "");
        String bad = cancelled(http, "");
        String good = cancelled(http, "");
        see();
        FollowUps failing = failing(followUps, bad);
        for (int tries = 1; tries <= 8; tries++) {
            handleAll(failing);
            assertThat(refusals(bad)).isEmpty();
            assertThat(followUpsOf(good)).isEmpty();
            inTenant("UPDATE handler_cursor SET due_at = now()");
        }
        handleAll(failing);

        assertThat(refusals(bad)).containsExactly("again internal_error");
        assertThat(followUpsOf(good)).hasSize(1);
    }

    @Test
    void what_failed_for_a_while_is_created_later() {
        activate(RULE, "");
        String first = cancelled(http, "");
        see();
        handleAll(failing(followUps, first));
        assertThat(followUpsOf(first)).isEmpty();

        inTenant("UPDATE handler_cursor SET due_at = now()");
        handleAll(followUps);
        assertThat(followUpsOf(first)).hasSize(1);
        assertThat(refusals(first)).isEmpty();
    }

    @Test
    void where_there_is_no_room_it_waits_until_there_is() {
        activate(RULE, ", \"quotas\": {\"open_orders\": 1}");
        String first = cancelled(http, "");
        String other = created(http, "");
        handle();
        assertThat(followUpsOf(first)).isEmpty();
        handle();
        assertThat(followUpsOf(first)).isEmpty();

        http.post("/v1/task-orders/" + other + "/cancel", "");
        inTenant("UPDATE handler_cursor SET due_at = now()");
        handle();
        assertThat(followUpsOf(first)).hasSize(1);
        assertThat(refusals(first)).isEmpty();
    }

    @Test
    void nothing_begins_for_a_suspended_tenant_until_it_is_active() {
        activate(RULE, "");
        String first = cancelled(http, "");
        http.post("/v1/tenants/" + tenant + "/suspend", "");
        handle();
        assertThat(followUpsOf(first)).isEmpty();

        http.post("/v1/tenants/" + tenant + "/activate", "");
        inTenant("UPDATE handler_cursor SET due_at = now()");
        handle();
        assertThat(followUpsOf(first)).hasSize(1);
    }

    @Test
    void switched_off_nothing_follows_from_what_ends_meanwhile() {
        activate(RULE, "");
        String first = created(http, "");
        activate(RULE, ", \"handlers\": {\"follow_ups\": false}");
        http.post("/v1/task-orders/" + first + "/cancel", "");
        handle();
        activate(RULE, "");
        handle();
        assertThat(followUpsOf(first)).isEmpty();
    }

    @Test
    void the_rules_are_those_that_the_order_was_created_under() {
        activate(RULE, "");
        String first = created(http, "");
        activate("", "");
        http.post("/v1/task-orders/" + first + "/cancel", "");
        handle();
        assertThat(followUpsOf(first)).hasSize(1);
    }

    @Test
    void another_tenant_is_left_alone() {
        activate(RULE, "");
        Http other = new Http(port, tenants.fresh());
        String theirs = cancelled(other, "");
        cancelled(http, "");
        handle();
        assertThat(followUps.tenantsWithNews()).doesNotContain(new TenantId(tenant));
        assertThat(other.get("/v1/task-orders").json().path("items")).hasSize(1);
        assertThat(other.get("/v1/task-orders/" + theirs)
                        .json()
                        .path("follow_ups")
                        .isEmpty())
                .isTrue();
    }

    /** Ends, as a process does, at one step. */
    private static FollowUps dying(FollowUps real, String step) {
        return new Faulty(real, (now, task) -> {
            if (now.equals(step)) {
                throw new Error(step);
            }
        });
    }

    /** A fault with what one order causes. */
    private static FollowUps failing(FollowUps real, String taskId) {
        return new Faulty(real, (now, task) -> {
            if (now.equals("before create") && task.equals(taskId)) {
                throw new IllegalStateException("a fault");
            }
        });
    }

    /** @param fault is told of each step, with the order that ended where there is one */
    private record Faulty(FollowUps real, BiConsumer<String, String> fault) implements FollowUps {
        @Override
        public List<TenantId> tenantsWithNews() {
            return real.tenantsWithNews();
        }

        @Override
        public Optional<Batch> next() {
            return real.next();
        }

        @Override
        public CreateResult create(TaskOrderSpec spec, Due due) {
            fault.accept("before create", due.order().taskId().toString());
            CreateResult result = real.create(spec, due);
            fault.accept("after create", due.order().taskId().toString());
            return result;
        }

        @Override
        public void passed(Batch batch, long seq, List<Refusal> refusals) {
            fault.accept("before passed", "");
            real.passed(batch, seq, refusals);
            fault.accept("after passed", "");
        }

        @Override
        public void delay() {
            real.delay();
        }
    }

    private void activate(String rules, String more) {
        Http operator = new Http(port, "");
        String path = "/v1/tenants/" + tenant + "/policies";
        assertThat(operator.post(path, "{\"follow_ups\": [" + rules + "]" + more + "}")
                        .status())
                .isEqualTo(201);
        version++;
        assertThat(operator.post(path + "/" + version + "/activate", "").status())
                .isEqualTo(200);
    }

    private static String created(Http http, String more) {
        return http.post("/v1/task-orders", Bodies.order("\"input\":{\"n\":5,\"where\":\"mars\"}" + more))
                .json()
                .path("task_id")
                .asString();
    }

    private static String cancelled(Http http, String more) {
        String id = created(http, more);
        assertThat(http.post("/v1/task-orders/" + id + "/cancel", "").status()).isEqualTo(202);
        return id;
    }

    private JsonNode order(String id) {
        return http.get("/v1/task-orders/" + id).json();
    }

    private List<String> followUpsOf(String id) {
        return order(id)
                .path("follow_ups")
                .valueStream()
                .map(JsonNode::asString)
                .toList();
    }

    private List<String> refusals(String id) {
        return http.get("/v1/task-orders/" + id + "/events")
                .json()
                .path("items")
                .valueStream()
                .filter(event -> event.path("type").asString().equals("task_order.follow_up_refused"))
                .map(event -> event.at("/data/rule").asString() + " "
                        + event.at("/data/code").asString())
                .toList();
    }

    private void handle() {
        see();
        handleAll(followUps);
    }

    private void see() {
        runner.run(new TenantId(tenant), () -> {
            while (relay.seeNext() > 0) {
                // the next ones
            }
        });
    }

    private void handleAll(FollowUps these) {
        FollowUpHandler handler = new FollowUpHandler(these, policies);
        runner.run(new TenantId(tenant), () -> {
            while (handler.handle()) {
                // the next ones
            }
        });
    }

    private void inTenant(String change) {
        runner.run(
                new TenantId(tenant),
                () -> transactions.run(() -> jdbc.sql(change).update()));
    }
}
