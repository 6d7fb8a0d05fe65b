package dev.taskorder.activities.order;

import static dev.taskorder.activities.testing.Orders.anOrder;
import static org.assertj.core.api.Assertions.assertThat;

import dev.taskorder.activities.testing.Application;
import dev.taskorder.activities.testing.Race;
import dev.taskorder.activities.testing.Tenant;
import dev.taskorder.api.order.CreateResult;
import dev.taskorder.api.order.ResourceHint;
import dev.taskorder.api.order.TaskOrder;
import dev.taskorder.api.order.TaskOrderSpec;
import dev.taskorder.api.order.TaskOrders;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class CreateTest {
    private static final String POLICY_THAT_ALLOWS_NEITHER_ENV_NOR_TYPE = """
            WITH second AS (
                INSERT INTO tenant_policy (version, body)
                SELECT 2, body || '{"envs": ["sandbox"], "task_types": ["OTHER"]}' FROM tenant_policy
                RETURNING version
            )
            UPDATE tenant SET active_policy = version FROM second
            """;

    private final Tenant tenant = Tenant.fresh();

    @Test
    void sixty_four_creators_of_one_key_make_one_order() throws Exception {
        TaskOrderSpec spec = anOrder().tags("race").spec();
        List<CreateResult> results =
                Race.of(64, i -> () -> tenant.create(List.of(spec)).get(0));
        assertThat(results).filteredOn(CreateResult.Created.class::isInstance).hasSize(1);
        assertThat(results).filteredOn(CreateResult.Replayed.class::isInstance).hasSize(63);
        assertThat(results.stream().map(CreateTest::taskId).distinct()).hasSize(1);
        assertThat(tenant.count("task_order", taskId(results.get(0)))).isEqualTo(1);
    }

    @Test
    void batches_that_share_keys_in_crossed_orders_neither_deadlock_nor_double() throws Exception {
        List<TaskOrderSpec> specs = IntStream.range(0, 100)
                .mapToObj(i -> anOrder().key("crossed-" + i).spec())
                .toList();
        List<TaskOrderSpec> reversed = new ArrayList<>(specs);
        Collections.reverse(reversed);
        List<List<CreateResult>> all = Race.of(
                16,
                i -> () -> i % 4 == 3
                        ? tenant.create(List.of(specs.get(i)))
                        : tenant.create(i % 2 == 0 ? specs : reversed));
        long created = all.stream()
                .flatMap(List::stream)
                .filter(CreateResult.Created.class::isInstance)
                .count();
        assertThat(created).isEqualTo(100);
        assertThat(all.stream().flatMap(List::stream).map(CreateTest::taskId).distinct())
                .hasSize(100);
    }

    @Test
    void a_key_twice_in_one_batch_is_a_repeat_or_a_misuse_but_never_a_second_order() {
        List<CreateResult> results = tenant.create(List.of(
                anOrder().key("same").priority(10).spec(),
                anOrder().key("same").priority(10).spec(),
                anOrder().key("same").priority(11).spec()));
        assertThat(results.get(0)).isInstanceOf(CreateResult.Created.class);
        assertThat(results.get(1)).isInstanceOf(CreateResult.Replayed.class);
        assertThat(results.get(2)).isEqualTo(new CreateResult.KeyReused(List.of("priority")));
    }

    @Test
    void other_content_under_the_same_key_names_every_field_that_differs() {
        tenant.created(anOrder().key("k").priority(10).tags("a").spec());
        CreateResult other = tenant.create(List.of(anOrder()
                        .key("k")
                        .priority(20)
                        .tags("b")
                        .maxTotalCost("1")
                        .spec()))
                .get(0);
        assertThat(other).isEqualTo(new CreateResult.KeyReused(List.of("priority", "max_total_cost", "tags")));
    }

    @Test
    void numbers_are_compared_by_value_and_tags_in_their_order() {
        tenant.created(anOrder()
                .key("k")
                .maxTotalCost("5.0")
                .tags("a", "b")
                .input(Map.of("n", new BigDecimal("1.50"), "m", 2))
                .spec());
        CreateResult same = tenant.create(List.of(anOrder()
                        .key("k")
                        .maxTotalCost("5.000000")
                        .tags("a", "b")
                        .input(Map.of("m", new BigDecimal("2.0"), "n", new BigDecimal("1.5")))
                        .spec()))
                .get(0);
        assertThat(same).isInstanceOf(CreateResult.Replayed.class);
        CreateResult swapped = tenant.create(List.of(anOrder()
                        .key("k")
                        .maxTotalCost("5")
                        .tags("b", "a")
                        .input(Map.of("m", 2, "n", new BigDecimal("1.5")))
                        .spec()))
                .get(0);
        assertThat(swapped).isEqualTo(new CreateResult.KeyReused(List.of("tags")));
    }

    @Test
    void one_key_in_two_envs_makes_two_orders() {
        UUID prod = tenant.created(anOrder().key("k").env("prod").spec()).taskId();
        UUID sandbox = tenant.created(anOrder().key("k").env("sandbox").spec()).taskId();
        assertThat(prod).isNotEqualTo(sandbox);
    }

    @Test
    void what_policy_does_not_allow_is_refused_with_the_field_and_nothing_is_stored() {
        CreateResult refused =
                tenant.create(List.of(anOrder().env("moon").key("k").spec())).get(0);
        assertThat(broken(refused)).containsExactly("/env");
        CreateResult noRoute =
                tenant.create(List.of(anOrder().taskType("UNKNOWN").spec())).get(0);
        assertThat(broken(noRoute)).containsExactly("/task_type");
    }

    @Test
    void every_rule_of_the_policy_that_an_order_breaks_is_named_at_once() {
        CreateResult refused = tenant.create(
                        List.of(anOrder().env("moon").taskType("UNKNOWN").spec()))
                .get(0);
        assertThat(broken(refused)).containsExactly("/env", "/task_type");
    }

    @Test
    void a_repeat_is_answered_as_ever_though_the_policy_would_not_let_it_be_created_any_more() {
        TaskOrder order = tenant.created(anOrder().key("k").priority(10).spec());
        tenant.sql(jdbc -> jdbc.sql(POLICY_THAT_ALLOWS_NEITHER_ENV_NOR_TYPE).update());
        // a process that did not know the old version
        try (Application later = new Application(1)) {
            List<CreateResult> results = later.as(tenant.id(), () -> later.bean(TaskOrders.class)
                    .create(
                            List.of(
                                    anOrder().key("k").priority(10).spec(),
                                    anOrder().key("k").priority(11).spec(),
                                    anOrder().key("new").spec(),
                                    anOrder().key("new-type").env("sandbox").spec()),
                            Tenant.CALLER));
            assertThat(results.get(0)).isEqualTo(new CreateResult.Replayed(tenant.find(order.taskId())));
            assertThat(results.get(1)).isEqualTo(new CreateResult.KeyReused(List.of("priority")));
            assertThat(broken(results.get(2))).containsExactly("/env", "/task_type");
            assertThat(broken(results.get(3))).containsExactly("/task_type");
        }
        assertThat(tenant.<Long>sql(jdbc -> jdbc.sql("SELECT count(*) FROM task_order")
                        .query(Long.class)
                        .single()))
                .isEqualTo(1);
    }

    @Test
    void orders_of_one_batch_have_ids_in_their_order() {
        List<CreateResult> results = tenant.create(
                IntStream.range(0, 200).mapToObj(i -> anOrder().spec()).toList());
        List<String> ids =
                results.stream().map(result -> taskId(result).toString()).toList();
        assertThat(ids).isSorted();
    }

    @Test
    void an_order_is_read_as_it_was_created() {
        Map<String, Object> attributes = Map.of("geo", "GB", "no_datacenter", true);
        tenant.asset("ip-1", "RAW_NET", "ip.uk.1", 1, "1", attributes);
        tenant.asset("ip-2", "RAW_NET", "ip.uk.2", 1, "1", attributes);
        TaskOrder order = tenant.created(anOrder()
                .wanting(new ResourceHint("RAW_NET", "ip.uk.*", 2, attributes))
                .constraint("max_retries", 3)
                .constraint("mine", Map.of("x", List.of(1, 2)))
                .input(Map.of("deep", Map.of("n", new BigDecimal("0.1"))))
                .description("für alle 🎟")
                .spec());
        assertThat(tenant.find(order.taskId()).spec()).isEqualTo(order.spec());
    }

    private static List<String> broken(CreateResult result) {
        return ((CreateResult.NotAllowed) result)
                .objections().stream().map(CreateResult.Objection::pointer).toList();
    }

    private static UUID taskId(CreateResult result) {
        if (result instanceof CreateResult.Created created) {
            return created.order().taskId();
        }
        return ((CreateResult.Replayed) result).order().taskId();
    }
}
