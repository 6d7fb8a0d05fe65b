package dev.taskorder.activities.order;

import static dev.taskorder.activities.testing.Orders.anOrder;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.taskorder.activities.attempt.AttemptState;
import dev.taskorder.activities.dispatch.DispatchQueue;
import dev.taskorder.activities.dispatch.SignalDue;
import dev.taskorder.activities.execution.AttemptStore;
import dev.taskorder.activities.execution.AttemptStore.Begun;
import dev.taskorder.activities.testing.Application;
import dev.taskorder.activities.testing.Tenant;
import dev.taskorder.api.execution.AttemptView;
import dev.taskorder.api.execution.Attempts;
import dev.taskorder.api.execution.ExecutionResult;
import dev.taskorder.api.execution.LeasedAsset;
import dev.taskorder.api.execution.Money;
import dev.taskorder.api.lease.Lease;
import dev.taskorder.api.lease.LeaseRelease.Result;
import dev.taskorder.api.ledger.Ledger;
import dev.taskorder.api.ledger.LedgerEntry;
import dev.taskorder.api.matching.MatchTrigger;
import dev.taskorder.api.order.AttemptRef;
import dev.taskorder.api.order.OrderSteps.How;
import dev.taskorder.api.order.Status;
import dev.taskorder.api.order.TaskOrder;
import dev.taskorder.api.order.Verdict;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** A lease taken away by call, in every state its order's attempt can be in. */
class LeaseReleaseTest {
    private static final ExecutionResult OK = ExecutionResult.of("OK", null);

    private final Tenant tenant = Tenant.fresh();

    @Test
    void an_order_at_work_gets_another_asset_for_the_one_taken_away_and_runs_to_its_end() {
        pool();
        TaskOrder order = running();
        Begun.Run first = (Begun.Run) tenant.begin(order, 1);
        report(order, 1, first, "0.10");
        Lease kept = tenant.lease(order, "card");

        Lease revoked = tenant.revoked(order, "ip-1");

        assertThat(revoked.state()).isEqualTo(Lease.State.REVOKED);
        assertThat(attempts(order).get(0).state()).isEqualTo(AttemptState.ABANDONED.name());
        assertThat(attempts(order).get(0).resultCode()).isEqualTo("LEASE_REVOKED");
        assertThat(wakes()).contains(order.taskId());
        assertThat(((Verdict.Execute) tenant.proceed(order)).attempt()).isEqualTo(2);
        Begun.Run second = (Begun.Run) tenant.begin(order, 2);
        assertThat(second.request().leases()).extracting(LeasedAsset::handle).containsExactly("ip-2", "card");
        LeasedAsset card = second.request().leases().get(1);
        assertThat(card.leaseId()).isEqualTo(kept.leaseId());
        assertThat(card.fencingToken()).isGreaterThan(kept.fencingToken());
        tenant.complete(order, 2, second.request().attemptToken(), OK);
        assertThat(tenant.concluded(order, 2, How.ANSWERED)).isEqualTo(new Verdict.Over("SUCCESS"));
        assertThat(entries(order))
                .containsExactly(
                        "HOLD grant 0.85",
                        "HOLD captcha 0.1",
                        "POST captcha 0.1",
                        "POST lease 0.35",
                        "POST lease 0.5",
                        "POST execution 0",
                        "HOLD grant 0.4",
                        "POST lease 0.4",
                        "POST execution 0");
        assertThat(tenant.events(order))
                .containsSubsequence(
                        "task_order.running",
                        "lease.revoked",
                        "task_order.retrying",
                        "lease.acquired",
                        "lease.released",
                        "lease.released",
                        "task_order.succeeded");
    }

    @Test
    void it_counts_neither_as_a_retry_nor_as_a_loss() {
        tenant.asset("ip-1", "RAW_NET", "ip.1", 1, "1");
        tenant.asset("ip-2", "RAW_NET", "ip.2", 1, "1");
        TaskOrder order = tenant.created(anOrder()
                .wanting("RAW_NET", null, 1)
                .constraint("max_retries", 0)
                .spec());
        tenant.admitted(order);
        for (int attempt = 1; attempt <= Judgement.LOSSES_MAX + 2; attempt++) {
            tenant.begin(order, attempt);
            Lease lease = live(order).get(0);
            tenant.release(lease.leaseId(), lease.fencingToken());
            rested();
            assertThat(tenant.proceed(order)).isInstanceOf(Verdict.Execute.class);
        }
        assertThat(column(order, "retries || ' ' || losses")).isEqualTo("0 0");
    }

    @Test
    void the_slots_of_an_attempt_at_work_rest_also_those_that_its_order_keeps() {
        pool();
        TaskOrder order = running();
        tenant.begin(order, 1);
        tenant.revoked(order, "ip-1");

        assertThat(tenant.admitted(
                        tenant.created(anOrder().wanting("RAW_NET", "ip.1", 1).spec())))
                .isInstanceOf(Verdict.Await.class);
        tenant.proceed(order);
        tenant.answered(order, 2, OK);
        tenant.concluded(order, 2, How.ANSWERED);
        TaskOrder next = tenant.created(anOrder().wanting("RAW_FUND", null, 1).spec());
        assertThat(tenant.admitted(next))
                .as("the first attempt may still use it")
                .isInstanceOf(Verdict.Await.class);
        rested();
        assertThat(tenant.proceed(next)).isInstanceOf(Verdict.Execute.class);
    }

    @Test
    void an_attempt_that_nobody_began_is_dropped_costs_nothing_and_its_slot_is_free_at_once() {
        pool();
        TaskOrder order = running();
        tenant.revoked(order, "ip-1");

        assertThat(attempts(order).get(0).state()).isEqualTo(AttemptState.DROPPED.name());
        assertThat(tenant.begin(order, 1)).isInstanceOf(Begun.NotCurrent.class);
        assertThat(entries(order)).containsExactly("HOLD grant 0.85", "VOID lease 0.35", "HOLD grant 0.4");
        assertThat(tenant.admitted(
                        tenant.created(anOrder().wanting("RAW_NET", "ip.1", 1).spec())))
                .isInstanceOf(Verdict.Execute.class);
        assertThat(((Verdict.Execute) tenant.proceed(order)).attempt()).isEqualTo(2);
    }

    @Test
    void an_answer_that_was_there_before_stands() {
        pool();
        TaskOrder order = running();
        tenant.answered(order, 1, OK);
        tenant.revoked(order, "ip-1");

        assertThat(((Verdict.Execute) tenant.proceed(order)).attempt())
                .as("still the same attempt")
                .isOne();
        assertThat(tenant.concluded(order, 1, How.ANSWERED)).isEqualTo(new Verdict.Over("SUCCESS"));
        assertThat(tenant.leases(order.taskId()))
                .extracting(Lease::assetId, Lease::state)
                .containsExactlyInAnyOrder(tuple("ip-1", Lease.State.REVOKED), tuple("card", Lease.State.RELEASED));
        assertThat(entries(order)).contains("POST lease 0.35", "POST lease 0.5");
        assertThat(tenant.events(order)).doesNotContain("task_order.retrying");
    }

    @Test
    void an_answer_that_leads_to_a_retry_gets_the_place_that_was_lost_meanwhile_filled_first() {
        pool();
        TaskOrder order = running();
        tenant.answered(order, 1, ExecutionResult.of("RETRYABLE", "busy"));
        tenant.revoked(order, "ip-1");

        assertThat(tenant.concluded(order, 1, How.ANSWERED)).isInstanceOf(Verdict.BackOff.class);
        assertThat(live(order)).extracting(Lease::assetId).containsExactlyInAnyOrder("ip-2", "card");
    }

    @Test
    void an_order_in_its_back_off_gets_the_place_and_sleeps_on() {
        pool();
        TaskOrder order = running();
        tenant.answered(order, 1, ExecutionResult.of("RETRYABLE", "busy"));
        tenant.concluded(order, 1, How.ANSWERED);
        tenant.revoked(order, "ip-1");

        assertThat(live(order)).extracting(Lease::assetId).containsExactlyInAnyOrder("ip-2", "card");
        assertThat(tenant.proceed(order)).isInstanceOf(Verdict.BackOff.class);
        assertThat(attempts(order)).hasSize(1);
    }

    @Test
    void a_second_lease_of_one_order_can_be_taken_while_it_waits() {
        tenant.asset("ip-1", "RAW_NET", "ip.1", 1, "1");
        tenant.asset("card", "RAW_FUND", "vcc.1", 1, "1");
        TaskOrder order = running();
        tenant.begin(order, 1);
        tenant.revoked(order, "ip-1");
        tenant.revoked(order, "card");

        assertThat(tenant.find(order.taskId()).state().leaseIds()).isEmpty();
        assertThat(((Verdict.Await) tenant.proceed(order)).atMostMs())
                .as("it has nothing to give back, so it waits until its deadline")
                .isGreaterThan(60_000);
        rested();
        assertThat(((Verdict.Execute) tenant.proceed(order)).attempt()).isEqualTo(2);
        assertThat(live(order)).as("nothing else could serve it").hasSize(2);
    }

    @Test
    void an_order_that_waits_ends_with_its_deadline() {
        tenant.asset("ip-1", "RAW_NET", "ip.1", 1, "1");
        TaskOrder order = tenant.created(anOrder().wanting("RAW_NET", null, 1).spec());
        tenant.admitted(order);
        tenant.begin(order, 1);
        tenant.revoked(order, "ip-1");
        sql("UPDATE task_order SET deadline = now() WHERE task_id = :task", order);
        rested();

        assertThat(tenant.leases(order.taskId()))
                .as("nothing is granted past the deadline")
                .hasSize(1);
        assertThat(tenant.proceed(order)).isEqualTo(new Verdict.Over("TIMEOUT"));
    }

    @Test
    void a_cancel_under_way_ends_the_order() {
        pool();
        TaskOrder order = running();
        Begun.Run first = (Begun.Run) tenant.begin(order, 1);
        tenant.cancel(order.taskId());
        tenant.revoked(order, "ip-1");

        assertThat(live(order)).as("nothing more is granted").hasSize(1);
        tenant.complete(order, 1, first.request().attemptToken(), OK);
        assertThat(tenant.concluded(order, 1, How.ANSWERED)).isEqualTo(new Verdict.Over("CANCELLED"));
        assertThat(live(order)).isEmpty();
    }

    @Test
    void what_the_executor_says_afterwards_is_kept_as_late_and_posts_nothing() {
        pool();
        TaskOrder order = running();
        Begun.Run first = (Begun.Run) tenant.begin(order, 1);
        report(order, 1, first, "0.10");
        tenant.revoked(order, "ip-1");
        List<String> posted = entries(order);

        ExecutionResult late = new ExecutionResult(
                "OK", null, Map.of(), List.of(), List.of(new Money("captcha", new BigDecimal("0.30"))), List.of());
        assertThat(tenant.complete(order, 1, first.request().attemptToken(), late))
                .isInstanceOf(AttemptStore.Ended.Late.class);
        assertThat(attempts(order).get(0).lateCosts())
                .extracting(money -> money.amount().toPlainString())
                .containsExactly("0.20");
        assertThat(entries(order)).isEqualTo(posted);
    }

    @Test
    void again_with_the_same_token_changes_nothing() {
        pool();
        TaskOrder order = running();
        tenant.begin(order, 1);
        Lease revoked = tenant.revoked(order, "ip-1");
        TaskOrder after = tenant.find(order.taskId());
        List<String> events = tenant.events(order);

        assertThat(tenant.release(revoked.leaseId(), revoked.fencingToken())).isEqualTo(new Result.Ended(revoked));
        assertThat(tenant.find(order.taskId())).isEqualTo(after);
        assertThat(tenant.events(order)).isEqualTo(events);
    }

    @Test
    void a_lease_that_ended_otherwise_stays_as_it_ended() {
        pool();
        TaskOrder order = running();
        tenant.answered(order, 1, OK);
        tenant.concluded(order, 1, How.ANSWERED);
        Lease released = tenant.lease(order, "ip-1");

        assertThat(tenant.release(released.leaseId(), released.fencingToken())).isEqualTo(new Result.Ended(released));
        assertThat(tenant.lease(order, "ip-1")).isEqualTo(released);
    }

    @Test
    void a_token_that_is_not_the_lease_s_changes_nothing() {
        pool();
        TaskOrder order = running();
        Lease lease = tenant.lease(order, "ip-1");
        TaskOrder before = tenant.find(order.taskId());

        for (long token : List.of(lease.fencingToken() - 1, lease.fencingToken() + 1, Long.MAX_VALUE)) {
            assertThat(tenant.release(lease.leaseId(), token)).isEqualTo(new Result.StaleToken());
        }
        assertThat(tenant.lease(order, "ip-1")).isEqualTo(lease);
        assertThat(tenant.find(order.taskId())).isEqualTo(before);
    }

    @Test
    void a_lease_of_another_tenant_is_none() {
        pool();
        Lease lease = tenant.lease(running(), "ip-1");
        Tenant other = Tenant.fresh();

        assertThat(other.release(lease.leaseId(), lease.fencingToken())).isEqualTo(new Result.NotFound());
        assertThat(other.release(UUID.randomUUID(), 1)).isEqualTo(new Result.NotFound());
    }

    @Test
    void whoever_waited_for_the_asset_gets_it_when_it_comes_free() {
        pool();
        TaskOrder order = running();
        TaskOrder next = tenant.created(anOrder().wanting("RAW_NET", "ip.1", 1).spec());
        assertThat(tenant.admitted(next)).isInstanceOf(Verdict.Await.class);
        tenant.revoked(order, "ip-1");

        assertThat(live(next)).extracting(Lease::assetId).containsExactly("ip-1");
        assertThat(tenant.find(next.taskId()).state().status()).isEqualTo(Status.RUNNING);
    }

    /** A network asset that the order gets, one to take its place, and a card. */
    private void pool() {
        tenant.asset("ip-1", "RAW_NET", "ip.1", 1, "0.35");
        tenant.asset("ip-2", "RAW_NET", "ip.2", 1, "0.40");
        tenant.asset("card", "RAW_FUND", "vcc.1", 1, "0.50");
    }

    private TaskOrder running() {
        TaskOrder order = tenant.created(anOrder()
                .wanting("RAW_NET", null, 1)
                .wanting("RAW_FUND", null, 1)
                .spec());
        assertThat(tenant.admitted(order)).isInstanceOf(Verdict.Execute.class);
        return order;
    }

    private List<Lease> live(TaskOrder order) {
        return tenant.leases(order.taskId()).stream()
                .filter(lease -> lease.state() == Lease.State.ACTIVE)
                .toList();
    }

    private List<AttemptView> attempts(TaskOrder order) {
        return tenant.as(() -> Application.shared().bean(Attempts.class).ofOrder(order.taskId()))
                .orElseThrow();
    }

    private List<String> entries(TaskOrder order) {
        return tenant
                .as(() -> Application.shared().bean(Ledger.class).ofOrder(order.taskId()))
                .orElseThrow()
                .items()
                .stream()
                .map(LeaseReleaseTest::shown)
                .toList();
    }

    private static String shown(LedgerEntry entry) {
        return entry.phase() + " " + entry.kind() + " "
                + (entry.amount().signum() == 0
                        ? "0"
                        : entry.amount().stripTrailingZeros().toPlainString());
    }

    private void report(TaskOrder order, int attempt, Begun.Run run, String captcha) {
        AttemptStore.Reported kept = tenant.as(() -> Application.shared()
                .bean(AttemptStore.class)
                .report(
                        new AttemptRef(tenant.id(), order.taskId(), attempt),
                        run.request().attemptToken(),
                        null,
                        List.of(new Money("captcha", new BigDecimal(captcha)))));
        assertThat(kept).isEqualTo(AttemptStore.Reported.KEPT);
    }

    private List<UUID> wakes() {
        return tenant.as(() -> Application.shared().bean(DispatchQueue.class).claimSignals(10)).stream()
                .filter(due -> due.signal() instanceof SignalDue.Signal.Wake)
                .map(SignalDue::taskId)
                .toList();
    }

    /** All slots have rested, and the matcher has looked, as maintenance would see to it. */
    private void rested() {
        tenant.sql(jdbc -> jdbc.sql("UPDATE asset_slot SET rests_until = NULL").update());
        tenant.sql(jdbc ->
                jdbc.sql("INSERT INTO match_wanted (env) VALUES ('prod')").update());
        tenant.as(() -> {
            Application.shared().bean(MatchTrigger.class).run("prod");
            return true;
        });
    }

    private void sql(String update, TaskOrder order) {
        tenant.sql(jdbc -> jdbc.sql(update).param("task", order.taskId()).update());
    }

    private String column(TaskOrder order, String expression) {
        return tenant.sql(jdbc -> jdbc.sql("SELECT " + expression + " FROM task_order WHERE task_id = :task")
                .param("task", order.taskId())
                .query(String.class)
                .single());
    }
}
