package dev.taskorder.activities.order;

import static dev.taskorder.activities.testing.Orders.anOrder;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.taskorder.activities.execution.AttemptStore;
import dev.taskorder.activities.testing.Application;
import dev.taskorder.activities.testing.Tenant;
import dev.taskorder.api.event.Timeline;
import dev.taskorder.api.event.TimelineEvent;
import dev.taskorder.api.execution.ExecutionResult;
import dev.taskorder.api.execution.Money;
import dev.taskorder.api.lease.Lease;
import dev.taskorder.api.ledger.Ledger;
import dev.taskorder.api.ledger.OrderLedger;
import dev.taskorder.api.order.CancelResult;
import dev.taskorder.api.order.OrderSteps;
import dev.taskorder.api.order.OrderSteps.How;
import dev.taskorder.api.order.Status;
import dev.taskorder.api.order.TaskOrder;
import dev.taskorder.api.order.Verdict;
import dev.taskorder.api.page.PageRequest;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class LifeOfAnOrderTest {
    private static final ExecutionResult OK = new ExecutionResult(
            "OK",
            "bought",
            Map.of("ticket", 7),
            List.of(),
            List.of(new Money("captcha", new BigDecimal("0.02"))),
            List.of(new Money("sale", new BigDecimal("50"))));

    private static final String POLICY_WITHOUT_RETRIES = """
            WITH second AS (
                INSERT INTO tenant_policy (version, body)
                SELECT 2, jsonb_set(body, '{defaults,max_retries}', '0') FROM tenant_policy
                RETURNING version
            )
            UPDATE tenant SET active_policy = version FROM second
            """;

    private final Tenant tenant = Tenant.fresh();

    @Test
    void a_plain_order_goes_from_created_to_success_with_its_books() {
        tenant.asset("ip-1", "RAW_NET", "ip.residential.uk.bt", 4, "0.35");
        TaskOrder order = tenant.created(anOrder()
                .wanting("RAW_NET", "ip.residential.uk.*", 1)
                .tags("a", "b")
                .spec());
        assertThat(order.state().status()).isEqualTo(Status.PENDING);

        Verdict.Execute execute = (Verdict.Execute) tenant.admitted(order);
        assertThat(execute.attempt()).isEqualTo(1);
        assertThat(execute.leftMs()).isBetween(290_000L, 300_000L);
        assertThat(tenant.find(order.taskId()).state().leaseIds()).hasSize(1);

        tenant.answered(order, 1, OK);
        assertThat(tenant.concluded(order, 1, How.ANSWERED)).isEqualTo(new Verdict.Over("SUCCESS"));

        TaskOrder ended = tenant.find(order.taskId());
        assertThat(ended.state().status()).isEqualTo(Status.SUCCESS);
        assertThat(ended.state().output()).isEqualTo(Map.of("ticket", 7));
        assertThat(ended.state().leaseIds()).isEmpty();
        assertThat(tenant.leases(order.taskId())).extracting(Lease::state).containsExactly(Lease.State.RELEASED);
        OrderLedger ledger = tenant.as(
                        () -> Application.shared().bean(Ledger.class).ofOrder(order.taskId()))
                .orElseThrow();
        assertThat(ledger.items())
                .extracting(entry -> entry.phase() + " " + entry.kind())
                .containsExactly(
                        "HOLD grant", "POST lease", "POST execution", "HOLD captcha", "POST captcha", "POST sale");
        assertThat(ledger.totals().cost()).isEqualByComparingTo("0.37");
        assertThat(ledger.totals().margin()).isEqualByComparingTo("49.63");
        assertThat(types(order))
                .containsExactly(
                        "task_order.created",
                        "task_order.queued",
                        "lease.acquired",
                        "task_order.running",
                        "lease.released",
                        "task_order.succeeded");
    }

    @Test
    void every_step_run_twice_answers_with_what_it_did() {
        TaskOrder order = tenant.created(anOrder().spec());
        assertThat(tenant.admitted(order)).isInstanceOf(Verdict.Execute.class);
        assertThat(((Verdict.Execute) tenant.admitted(order)).attempt()).isEqualTo(1);
        tenant.answered(order, 1, OK);
        Verdict first = tenant.concluded(order, 1, How.ANSWERED);
        int version = tenant.find(order.taskId()).state().taskVersion();
        assertThat(tenant.concluded(order, 1, How.ANSWERED)).isEqualTo(first);
        assertThat(tenant.find(order.taskId()).state().taskVersion()).isEqualTo(version);
        assertThat(tenant.count("ledger_entry", order.taskId())).isEqualTo(4);
    }

    @Test
    void five_lost_workers_cost_no_retry_and_the_sixth_ends_the_order() {
        TaskOrder order = tenant.created(anOrder().constraint("max_retries", 0).spec());
        tenant.admitted(order);
        for (int attempt = 1; attempt <= Judgement.LOSSES_MAX; attempt++) {
            tenant.begin(order, attempt);
            Verdict.Execute next = (Verdict.Execute) tenant.concluded(order, attempt, How.LOST);
            assertThat(next.attempt()).isEqualTo(attempt + 1);
        }
        tenant.begin(order, 6);
        assertThat(tenant.concluded(order, 6, How.LOST)).isEqualTo(new Verdict.Over("DEAD_LETTER"));
        assertThat(tenant.find(order.taskId()).state().resultCode()).isEqualTo("EXECUTOR_LOST");
        assertThat(tenant.find(order.taskId()).state().resultMessage())
                .isEqualTo("the worker that ran attempt 6 is gone, for the 6th time");
    }

    @Test
    void a_retry_keeps_its_leases_and_charges_them_once() {
        tenant.asset("ip-1", "RAW_NET", "ip.uk.1", 1, "0.35");
        TaskOrder order = tenant.created(anOrder().wanting("RAW_NET", null, 1).spec());
        tenant.admitted(order);
        tenant.answered(order, 1, ExecutionResult.of("RETRYABLE", "busy"));
        assertThat(tenant.concluded(order, 1, How.ANSWERED)).isEqualTo(new Verdict.BackOff(1000));
        assertThat(tenant.concluded(order, 1, How.ANSWERED)).isInstanceOf(Verdict.BackOff.class);
        tenant.sql(jdbc -> jdbc.sql("UPDATE task_order SET retry_at = now() WHERE task_id = :t")
                .param("t", order.taskId())
                .update());
        Verdict.Execute second = (Verdict.Execute) tenant.step(steps -> steps.proceed(tenant.ref(order)));
        assertThat(second.attempt()).isEqualTo(2);
        tenant.answered(order, 2, OK);
        tenant.concluded(order, 2, How.ANSWERED);
        assertThat(tenant.leases(order.taskId())).hasSize(1);
        long leaseEntries =
                tenant.sql(jdbc -> jdbc.sql("SELECT count(*) FROM ledger_entry WHERE kind = 'lease' AND phase = 'POST'")
                        .query(Long.class)
                        .single());
        assertThat(leaseEntries).isEqualTo(1);
    }

    @Test
    void retries_used_up_end_in_the_dead_letter_with_the_last_code() {
        TaskOrder order = tenant.created(anOrder().constraint("max_retries", 0).spec());
        tenant.admitted(order);
        tenant.answered(order, 1, ExecutionResult.of("RETRYABLE", "busy"));
        assertThat(tenant.concluded(order, 1, How.ANSWERED)).isEqualTo(new Verdict.Over("DEAD_LETTER"));
        assertThat(tenant.find(order.taskId()).state().resultCode()).isEqualTo("RETRYABLE");
    }

    @Test
    void a_lost_worker_gives_the_same_leases_to_the_next_attempt_under_new_tokens() {
        tenant.asset("ip-1", "RAW_NET", "ip.uk.1", 1, "0.35");
        TaskOrder order = tenant.created(anOrder()
                .wanting("RAW_NET", null, 1)
                .constraint("max_retries", 0)
                .spec());
        tenant.admitted(order);
        AttemptStore.Begun.Run first = (AttemptStore.Begun.Run) tenant.begin(order, 1);
        Lease before = tenant.leases(order.taskId()).get(0);
        Verdict.Execute second = (Verdict.Execute) tenant.concluded(order, 1, How.LOST);
        Lease after = tenant.leases(order.taskId()).get(0);
        assertThat(second.attempt()).isEqualTo(2);
        assertThat(after.leaseId()).isEqualTo(before.leaseId());
        assertThat(after.fencingToken()).isGreaterThan(before.fencingToken());
        assertThat(timeline(order).stream().filter(event -> event.type().equals("task_order.retrying")))
                .extracting(event -> event.data().get("fencing_tokens"))
                .hasToString("[{" + after.leaseId() + "=" + after.fencingToken() + "}]");
        assertThat(tenant.complete(order, 1, first.request().attemptToken(), OK))
                .isInstanceOf(AttemptStore.Ended.Late.class);
        assertThat(tenant.begin(order, 1)).isInstanceOf(AttemptStore.Begun.NotCurrent.class);
    }

    @Test
    void whoever_cancels_by_signal_is_in_the_timeline_of_a_running_and_of_a_waiting_order() {
        TaskOrder running = tenant.created(anOrder().spec());
        tenant.admitted(running);
        tenant.answered(running, 1, ExecutionResult.of("CANCELLED", "stopped"));
        tenant.step(steps -> steps.conclude(
                new OrderSteps.AttemptEnd(tenant.id(), running.taskId(), 1, 1, How.ANSWERED, "by hand", "me", null)));
        tenant.bannedAsset("away", "RAW_NET", "ip.9");
        TaskOrder waiting = tenant.created(anOrder().wanting("RAW_NET", null, 1).spec());
        tenant.admitted(waiting);
        tenant.step(steps -> steps.end(new OrderSteps.EndOrder(tenant.id(), waiting.taskId(), 1, "by hand", "me")));
        assertThat(List.of(running, waiting)).allSatisfy(order -> assertThat(timeline(order))
                .filteredOn(event -> event.actor().equals("me"))
                .extracting(TimelineEvent::type)
                .containsExactly("task_order.updated", "task_order.cancelled"));
    }

    @Test
    void an_attempt_is_begun_once_ever() {
        TaskOrder order = tenant.created(anOrder().spec());
        tenant.admitted(order);
        assertThat(tenant.begin(order, 1)).isInstanceOf(AttemptStore.Begun.Run.class);
        assertThat(tenant.begin(order, 1)).isInstanceOf(AttemptStore.Begun.AlreadyBegun.class);
    }

    @Test
    void cancel_of_a_pending_order_ends_it_at_once_and_a_late_start_ends_itself() {
        TaskOrder order = tenant.created(anOrder().spec());
        assertThat(tenant.cancel(order.taskId())).isInstanceOf(CancelResult.Accepted.class);
        assertThat(tenant.cancel(order.taskId())).isInstanceOf(CancelResult.Accepted.class);
        assertThat(tenant.find(order.taskId()).state().status()).isEqualTo(Status.CANCELLED);
        assertThat(tenant.admitted(order)).isEqualTo(new Verdict.Over("CANCELLED"));
    }

    @Test
    void cancel_of_an_order_that_ended_otherwise_is_too_late() {
        TaskOrder order = tenant.created(anOrder().spec());
        tenant.admitted(order);
        tenant.answered(order, 1, OK);
        tenant.concluded(order, 1, How.ANSWERED);
        assertThat(tenant.cancel(order.taskId())).isInstanceOf(CancelResult.AlreadySettled.class);
    }

    @Test
    void cancel_while_running_wins_over_an_answer_and_its_costs_are_posted() {
        TaskOrder order = tenant.created(anOrder().spec());
        tenant.admitted(order);
        tenant.cancel(order.taskId());
        tenant.answered(order, 1, OK);
        assertThat(tenant.concluded(order, 1, How.ANSWERED)).isEqualTo(new Verdict.Over("CANCELLED"));
        assertThat(tenant.count("ledger_entry", order.taskId())).isEqualTo(4);
    }

    @Test
    void an_abandoned_attempt_ends_in_timeout_and_its_slots_rest() {
        tenant.asset("ip-1", "RAW_NET", "ip.uk.1", 1, "0.35");
        TaskOrder order = tenant.created(anOrder().wanting("RAW_NET", null, 1).spec());
        tenant.admitted(order);
        tenant.begin(order, 1);
        assertThat(tenant.concluded(order, 1, How.ABANDONED)).isEqualTo(new Verdict.Over("TIMEOUT"));
        TaskOrder next = tenant.created(anOrder().wanting("RAW_NET", null, 1).spec());
        assertThat(tenant.admitted(next)).isInstanceOf(Verdict.Await.class);
    }

    @Test
    void an_open_order_keeps_the_policy_it_was_created_under() {
        TaskOrder order = tenant.created(anOrder().spec());
        tenant.sql(jdbc -> jdbc.sql(POLICY_WITHOUT_RETRIES).update());
        TaskOrder newer = await().until(() -> tenant.created(anOrder().spec()), LifeOfAnOrderTest::isOfVersion2);

        for (TaskOrder each : List.of(order, newer)) {
            tenant.admitted(each);
            tenant.answered(each, 1, ExecutionResult.of("RETRYABLE", "busy"));
        }

        assertThat(tenant.concluded(order, 1, How.ANSWERED)).isEqualTo(new Verdict.BackOff(1000));
        assertThat(tenant.find(order.taskId()).state().policyVersion()).isEqualTo("tenant_policy.v1");
        assertThat(tenant.concluded(newer, 1, How.ANSWERED)).isEqualTo(new Verdict.Over("DEAD_LETTER"));
    }

    private static boolean isOfVersion2(TaskOrder order) {
        return order.state().policyVersion().equals("tenant_policy.v2");
    }

    @Test
    void an_older_run_of_an_order_changes_nothing() {
        TaskOrder order = tenant.created(anOrder().spec());
        tenant.sql(jdbc -> jdbc.sql("UPDATE task_order SET run_no = 2 WHERE task_id = :t")
                .param("t", order.taskId())
                .update());
        assertThat(tenant.admitted(order)).isEqualTo(new Verdict.Over(Verdict.Over.SUPERSEDED));
        assertThat(tenant.find(order.taskId()).state().status()).isEqualTo(Status.PENDING);
    }

    private List<String> types(TaskOrder order) {
        return timeline(order).stream().map(TimelineEvent::type).toList();
    }

    private List<TimelineEvent> timeline(TaskOrder order) {
        return tenant.as(() ->
                        Application.shared().bean(Timeline.class).ofOrder(order.taskId(), new PageRequest(50, null)))
                .orElseThrow()
                .items();
    }
}
