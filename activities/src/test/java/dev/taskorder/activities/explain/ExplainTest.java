package dev.taskorder.activities.explain;

import static dev.taskorder.activities.testing.Orders.anOrder;
import static org.assertj.core.api.Assertions.assertThat;

import dev.taskorder.activities.testing.Application;
import dev.taskorder.activities.testing.Orders;
import dev.taskorder.activities.testing.Tenant;
import dev.taskorder.api.execution.ExecutionResult;
import dev.taskorder.api.explain.Blocker;
import dev.taskorder.api.explain.Explanation;
import dev.taskorder.api.explain.Explanation.Place;
import dev.taskorder.api.explain.Explanations;
import dev.taskorder.api.lease.Lease;
import dev.taskorder.api.order.OrderSteps.How;
import dev.taskorder.api.order.TaskOrder;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Why an order is where it is, at every station of its life, and the least that would let it go on. */
class ExplainTest {
    private final Tenant tenant = Tenant.fresh();

    @Test
    void an_order_of_nobody_is_not_explained() {
        assertThat(tenant.as(() -> explanations().of(UUID.randomUUID()))).isEmpty();
    }

    @Test
    void an_order_of_another_tenant_is_not_explained() {
        TaskOrder foreign = Tenant.fresh().created(anOrder().spec());
        assertThat(tenant.as(() -> explanations().of(foreign.taskId()))).isEmpty();
    }

    @Test
    void a_new_order_waits_for_its_start() {
        Explanation explanation = explain(tenant.created(anOrder().spec()));
        assertThat(codes(explanation)).containsExactly("waiting_for_start");
        assertThat(explanation.summary()).isEqualTo("It is PENDING: its start is under way.");
    }

    @Test
    void a_start_that_was_tried_in_vain_points_to_temporal() {
        TaskOrder order = tenant.created(anOrder().spec());
        tenant.sql(jdbc -> jdbc.sql("UPDATE task_order SET start_claims = 7").update());
        Blocker blocker = only(explain(order));
        assertThat(blocker.facts()).containsEntry("tries", 7);
        assertThat(blocker.change()).contains("Temporal can be reached");
    }

    @Test
    void who_waits_for_a_slot_is_told_who_holds_it_until_when_and_what_would_free_it() {
        tenant.asset("ip-1", "RAW_NET", "ip.1", 1, "1");
        TaskOrder holder = tenant.running(wanting(1));
        TaskOrder order = tenant.waiting(wanting(1));

        Explanation explanation = explain(order);

        Lease lease = tenant.leases(holder.taskId()).get(0);
        Blocker blocker = only(explanation);
        assertThat(blocker.code()).isEqualTo("capacity_held");
        assertThat(blocker.facts().get("held_by"))
                .isEqualTo(List.of(Map.of(
                        "asset_id",
                        "ip-1",
                        "task_id",
                        holder.taskId(),
                        "lease_id",
                        lease.leaseId(),
                        "until",
                        lease.expiresAt(),
                        "resting",
                        false)));
        assertThat(blocker.facts().get("assets"))
                .isEqualTo(List.of(Map.of("asset_id", "ip-1", "hint_index", 0, "max_concurrency", 1, "slots_held", 1)));
        assertThat(blocker.change())
                .isEqualTo("Raise max_concurrency of ip-1 to 2, or wait until one of its slots comes free");
        assertThat(explanation.place()).isEqualTo(new Place(1, 0, true));
        assertThat(explanation.summary())
                .isEqualTo("It waits in the queue, first of those with the same demand: asset ip-1 has no free slot;"
                        + " the next slot comes free by " + lease.expiresAt() + " at the latest.");
    }

    @Test
    void the_change_that_is_named_unblocks() {
        tenant.asset("ip-1", "RAW_NET", "ip.1", 1, "1");
        tenant.running(wanting(1));
        TaskOrder order = tenant.waiting(wanting(1));
        tenant.asset("ip-1", "RAW_NET", "ip.1", 2, "1");
        assertThat(codes(explain(order))).containsExactly("waiting_for_executor");
    }

    @Test
    void who_stands_behind_others_is_told_its_place_and_the_priority_that_would_be_first() {
        tenant.asset("ip-1", "RAW_NET", "ip.1", 1, "1");
        tenant.running(wanting(1));
        TaskOrder first = tenant.waiting(wanting(1).priority(70));
        tenant.waiting(wanting(1).priority(60));
        TaskOrder order = tenant.waiting(wanting(1).priority(50));

        Explanation explanation = explain(order);

        assertThat(codes(explanation)).containsExactly("capacity_held", "behind_in_queue");
        assertThat(explanation.place()).isEqualTo(new Place(3, 2, true));
        assertThat(explanation.blockers().get(1).facts())
                .containsEntry("first_task", first.taskId())
                .containsEntry("first_priority", 70)
                .containsEntry("same_class_before", 2);
        assertThat(explanation.blockers().get(1).change())
                .isEqualTo(
                        "Raise its priority to 71 to be the next that is served; do that first: it alone is not enough, see the other"
                                + " blockers");
    }

    @Test
    void the_place_is_that_in_the_line_of_those_that_want_the_same() {
        tenant.bannedAsset("away", "RAW_NET", "ip.9");
        tenant.bannedAsset("card", "RAW_FUND", "vcc");
        tenant.waiting(wanting(1).priority(90));
        TaskOrder order = tenant.waiting(anOrder().wanting("RAW_FUND", null, 1).priority(10));
        assertThat(explain(order).place()).isEqualTo(new Place(1, 0, true));
    }

    @Test
    void banned_and_unhealthy_assets_are_named_with_their_numbers() {
        tenant.bannedAsset("banned", "RAW_NET", "ip.1");
        tenant.asset("weak", "RAW_NET", "ip.2", 1, "1");
        tenant.sql(jdbc -> jdbc.sql("UPDATE asset SET health_score = 49.5 WHERE asset_id = 'weak'")
                .update());
        TaskOrder order = tenant.waiting(wanting(1).constraint("min_health_score", 50));

        Explanation explanation = explain(order);

        assertThat(codes(explanation)).containsExactly("assets_unhealthy", "assets_banned");
        assertThat(explanation.blockers().get(0).message())
                .isEqualTo("asset weak is less healthy than its min_health_score of 50");
        assertThat(explanation.blockers().get(0).change()).isEqualTo("Bring the health_score of weak to 50 or more");
        assertThat(explanation.blockers().get(1).change()).isEqualTo("Set banned AVAILABLE");
    }

    @Test
    void assets_that_rest_are_told_with_the_time_of_which_they_are_back() {
        tenant.asset("ip", "RAW_NET", "ip.1", 1, "1");
        tenant.sql(jdbc -> jdbc.sql("""
                UPDATE asset SET status = 'COOLING_DOWN', cool_until = '2099-01-02T03:04:05Z'
                """).update());
        TaskOrder order = tenant.waiting(wanting(1));

        Blocker blocker = only(explain(order));

        assertThat(blocker.code()).isEqualTo("assets_cooling_down");
        assertThat(blocker.facts()).containsEntry("until", Instant.parse("2099-01-02T03:04:05Z"));
        assertThat(blocker.message()).isEqualTo("asset ip rests after a bad outcome");
        assertThat(blocker.change()).isEqualTo("Wait for ip until 2099-01-02T03:04:05Z, or set it AVAILABLE");
    }

    @Test
    void a_change_that_is_not_enough_alone_says_so() {
        tenant.bannedAsset("banned", "RAW_NET", "ip.1");
        tenant.asset("held", "RAW_NET", "ip.2", 1, "1");
        tenant.running(wanting(1));
        TaskOrder order = tenant.waiting(wanting(2));
        assertThat(explain(order).blockers())
                .extracting(Blocker::change)
                .containsExactly(
                        "Set banned AVAILABLE; that alone is not enough, see the other blockers",
                        "Raise max_concurrency of held to 2, or wait until one of its slots comes free; that alone is not"
                                + " enough, see the other blockers");
    }

    @Test
    void only_hints_that_lack_something_are_told_of() {
        tenant.asset("ip-1", "RAW_NET", "ip.1", 5, "1");
        tenant.asset("ip-2", "RAW_NET", "ip.2", 1, "9");
        tenant.bannedAsset("card", "RAW_FUND", "vcc");
        tenant.running(anOrder().wanting("RAW_NET", "ip.2", 1));
        TaskOrder order = tenant.waiting(anOrder().wanting("RAW_NET", null, 1).wanting("RAW_FUND", null, 1));
        assertThat(codes(explain(order))).containsExactly("assets_banned");
    }

    @Test
    void slots_that_are_kept_for_a_larger_order_are_told_with_that_order() {
        tenant.asset("ip-1", "RAW_NET", "ip.1", 1, "1");
        tenant.asset("ip-2", "RAW_NET", "ip.2", 1, "1");
        TaskOrder one = tenant.running(wanting(1));
        tenant.running(wanting(1));
        TaskOrder large = tenant.waiting(wanting(2).priority(60));
        tenant.sql(
                jdbc -> jdbc.sql("UPDATE task_order SET waits_since = now() - interval '1 hour' WHERE task_id = :task")
                        .param("task", large.taskId())
                        .update());
        TaskOrder small = tenant.waiting(anOrder().wanting("RAW_NET", "ip.1", 1));
        tenant.finish(one);

        Blocker blocker = only(explain(small));
        assertThat(blocker.code()).isEqualTo("slots_reserved");
        assertThat(blocker.facts()).containsEntry("for_task", large.taskId()).containsEntry("for_priority", 60);
        assertThat(blocker.change()).startsWith("Raise its priority to 61, or ");
        assertThat(codes(explain(large))).containsExactly("capacity_held");
    }

    @Test
    void an_order_with_its_leases_waits_for_a_worker_and_then_executes() {
        tenant.asset("ip-1", "RAW_NET", "ip.1", 1, "1");
        TaskOrder order = tenant.running(wanting(1));
        assertThat(only(explain(order)).facts()).containsEntry("attempt", 1).containsEntry("queue", "taskorder");
        tenant.begin(order, 1);
        Explanation executing = explain(order);
        assertThat(executing.blockers()).isEmpty();
        assertThat(executing.summary())
                .startsWith("Attempt 1 executes on test since ")
                .contains(" It must be done by ");
    }

    @Test
    void between_two_attempts_the_back_off_is_told() {
        TaskOrder order = tenant.running(anOrder());
        tenant.answered(order, 1, ExecutionResult.of("RETRYABLE", "try later"));
        tenant.concluded(order, 1, How.ANSWERED);
        Blocker blocker = only(explain(order));
        assertThat(blocker.code()).isEqualTo("retry_backoff");
        assertThat(blocker.facts()).containsKey("until").containsEntry("last_attempt", 1);
    }

    @Test
    void an_order_that_succeeded_has_nothing_in_its_way() {
        TaskOrder order = tenant.running(anOrder());
        tenant.finish(order);
        assertThat(explain(order).blockers()).isEmpty();
        assertThat(explain(order).summary()).startsWith("It succeeded at ").endsWith(" with attempt 1.");
    }

    @Test
    void an_order_that_nothing_can_serve_any_more_says_that_no_asset_matches() {
        tenant.bannedAsset("ip", "RAW_NET", "ip.1");
        TaskOrder order = tenant.waiting(wanting(1));
        tenant.sql(jdbc -> jdbc.sql("UPDATE asset SET status = 'RETIRED'").update());
        tenant.asset("card", "RAW_FUND", "vcc", 1, "1");
        Blocker blocker = only(explain(order));
        assertThat(blocker.code()).isEqualTo("no_matching_asset");
        assertThat(blocker.message()).contains("/resource_hints/0 can no longer be served");
    }

    @Test
    void an_order_that_waited_too_long_says_how_long_it_was_allowed_to() {
        tenant.bannedAsset("ip", "RAW_NET", "ip.1");
        TaskOrder order = tenant.waiting(wanting(1).constraint("max_queue_ms", 1));
        tenant.sql(jdbc -> jdbc.sql(
                        "UPDATE task_order SET queued_at = now() - interval '1 hour', task_version = task_version + 1")
                .update());
        tenant.step(steps -> steps.proceed(tenant.ref(order)));
        Blocker blocker = only(explain(order));
        assertThat(blocker.code()).isEqualTo("max_queue_ms");
        assertThat(blocker.message()).contains("longer than max_queue_ms (1)");
        assertThat(blocker.change()).startsWith("Create it under a new idempotency key with a longer max_queue_ms");
    }

    @Test
    void an_executors_own_code_is_told_as_its_result() {
        TaskOrder order = tenant.running(anOrder());
        tenant.answered(order, 1, ExecutionResult.of("SOLD_OUT", "no seats left"));
        tenant.concluded(order, 1, How.ANSWERED);
        Blocker blocker = only(explain(order));
        assertThat(blocker.code()).isEqualTo("executor_result");
        assertThat(blocker.facts()).containsEntry("result_code", "SOLD_OUT");
        assertThat(explain(order).summary()).contains("It ended as FAILED at ").endsWith(": no seats left.");
    }

    @Test
    void an_order_whose_last_asset_is_retired_between_its_attempts_says_that_no_asset_matches() {
        tenant.asset("ip", "RAW_NET", "ip.1", 1, "1");
        TaskOrder order = tenant.running(wanting(1));
        tenant.answered(order, 1, ExecutionResult.of("BANNED", null));
        tenant.sql(jdbc -> jdbc.sql("UPDATE asset SET status = 'COOLING_DOWN', cool_until = '2099-01-02T03:04:05Z'")
                .update());
        tenant.concluded(order, 1, How.ANSWERED);
        tenant.sql(jdbc -> jdbc.sql("UPDATE asset SET status = 'RETIRED', cool_until = NULL")
                .update());
        tenant.asset("card", "RAW_FUND", "vcc", 1, "1");
        tenant.proceed(order);
        Blocker blocker = only(explain(order));
        assertThat(blocker.code()).isEqualTo("no_matching_asset");
        assertThat(blocker.message()).contains("/resource_hints/0 can no longer be served");
    }

    @ParameterizedTest
    @ValueSource(strings = {"NO_RESOURCE", "BUDGET_EXCEEDED", "TIMEOUT", "CANCELLED"})
    void a_code_of_ours_that_an_executor_answers_is_told_as_its_answer(String code) {
        TaskOrder order = tenant.running(anOrder());
        tenant.answered(order, 1, ExecutionResult.of(code, "no seats left"));
        tenant.concluded(order, 1, How.ANSWERED);
        Blocker blocker = only(explain(order));
        assertThat(blocker.code()).isEqualTo("executor_result");
        assertThat(blocker.message()).isEqualTo("its executor answered " + code + ": no seats left");
        assertThat(blocker.change()).isEqualTo("None: it is its executor's answer");
    }

    @Test
    void an_order_past_its_deadline_is_offered_a_longer_one() {
        TaskOrder order = tenant.running(anOrder());
        tenant.concluded(order, 1, How.ABANDONED);
        Blocker blocker = only(explain(order));
        assertThat(blocker.code()).isEqualTo("timeout");
        assertThat(blocker.change()).isEqualTo("Create it under a new idempotency key with a larger timeout_ms");
    }

    @Test
    void a_dead_letter_says_after_how_many_attempts_its_retries_were_used_up() {
        TaskOrder order = tenant.running(anOrder().constraint("max_retries", 0));
        tenant.answered(order, 1, ExecutionResult.of("RETRYABLE", "try later"));
        tenant.concluded(order, 1, How.ANSWERED);
        assertThat(only(explain(order)).code()).isEqualTo("retryable");
        assertThat(only(explain(order)).change()).startsWith("Redrive it (POST /v1/task-orders/{task_id}/redrive)");
        assertThat(explain(order).summary())
                .startsWith("It ended as DEAD_LETTER at ")
                .endsWith(
                        ": its retries are used up after 1 attempt, the last of which ended as RETRYABLE: try later.");
    }

    @Test
    void an_order_that_ends_by_itself_if_nothing_serves_it_says_when() {
        tenant.bannedAsset("ip", "RAW_NET", "ip.1");
        TaskOrder order = tenant.waiting(wanting(1).constraint("max_queue_ms", 60_000));
        Instant queued = tenant.find(order.taskId()).state().queuedAt();
        assertThat(explain(order).summary())
                .endsWith(": asset ip is banned. If nothing serves it by " + queued.plusSeconds(60)
                        + ", it ends as FAILED (max_queue_ms).");
    }

    @Test
    void an_order_that_keeps_leases_while_it_waits_for_others_says_until_when() {
        tenant.asset("ip", "RAW_NET", "ip.1", 1, "1");
        tenant.asset("card", "RAW_FUND", "vcc", 1, "1");
        TaskOrder order = tenant.running(wanting(1).wanting("RAW_FUND", null, 1));
        tenant.begin(order, 1);
        tenant.revoked(order, "card");
        assertThat(explain(order).summary())
                .startsWith(
                        "It waits between two attempts for leases in exchange: asset card has no free slot, as 1 slot"
                                + " rests after an attempt that was given up and may still use it; ")
                .contains(" It keeps its other leases until 20")
                .contains(", then gives them back and waits for all that it wants. It must be done by ");
    }

    @Test
    void what_an_order_lacks_that_is_to_be_cancelled_is_not_in_its_way() {
        tenant.bannedAsset("ip", "RAW_NET", "ip.1");
        TaskOrder order = tenant.waiting(wanting(1));
        tenant.cancel(order.taskId());
        assertThat(explain(order).blockers()).isEmpty();
        assertThat(explain(order).summary()).isEqualTo("It is QUEUED. Its cancel is under way.");
    }

    private static Orders wanting(int count) {
        return anOrder().wanting("RAW_NET", null, count);
    }

    private Explanation explain(TaskOrder order) {
        return tenant.as(() -> explanations().of(order.taskId())).orElseThrow();
    }

    private static Explanations explanations() {
        return Application.shared().bean(Explanations.class);
    }

    private static List<String> codes(Explanation explanation) {
        return explanation.blockers().stream().map(Blocker::code).toList();
    }

    private static Blocker only(Explanation explanation) {
        assertThat(explanation.blockers()).hasSize(1);
        return explanation.blockers().get(0);
    }
}
