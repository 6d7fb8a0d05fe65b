package dev.taskorder.activities.order;

import static dev.taskorder.activities.testing.Orders.anOrder;
import static org.assertj.core.api.Assertions.assertThat;

import dev.taskorder.activities.execution.AttemptStore;
import dev.taskorder.activities.execution.AttemptStore.Begun;
import dev.taskorder.activities.testing.Application;
import dev.taskorder.activities.testing.Tenant;
import dev.taskorder.api.execution.ExecutionResult;
import dev.taskorder.api.execution.LeaseOutcome;
import dev.taskorder.api.execution.LeasedAsset;
import dev.taskorder.api.execution.Money;
import dev.taskorder.api.lease.LeaseRelease.Result;
import dev.taskorder.api.order.AttemptRef;
import dev.taskorder.api.order.OrderSteps.How;
import dev.taskorder.api.order.Status;
import dev.taskorder.api.order.TaskOrder;
import dev.taskorder.api.order.Verdict;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Whoever held the leases in an attempt that is no more can do nothing with what it knows of them. */
class FencingTest {
    private static final Money PRICE = new Money("captcha", new BigDecimal("7"));

    private final Tenant tenant = Tenant.fresh();
    private TaskOrder order;
    private Begun.Run old;

    /** Why its tokens are worthless. */
    enum Since {
        A_LEASE_WAS_REVOKED,
        ITS_WORKER_WAS_LOST,
        IT_WAS_RETRIED,
        THE_ORDER_IS_OVER
    }

    private void an_old_holder(Since since) {
        tenant.asset("ip-1", "RAW_NET", "ip.1", 1, "1");
        tenant.asset("ip-2", "RAW_NET", "ip.2", 1, "2");
        tenant.asset("card", "RAW_FUND", "vcc.1", 1, "1");
        order = tenant.created(anOrder()
                .wanting("RAW_NET", null, 1)
                .wanting("RAW_FUND", null, 1)
                .spec());
        tenant.admitted(order);
        old = (Begun.Run) tenant.begin(order, 1);
        switch (since) {
            case A_LEASE_WAS_REVOKED -> tenant.revoked(order, "ip-1");
            case ITS_WORKER_WAS_LOST -> tenant.concluded(order, 1, How.LOST);
            case IT_WAS_RETRIED -> answered("RETRYABLE");
            case THE_ORDER_IS_OVER -> answered("OK");
        }
        if (since != Since.THE_ORDER_IS_OVER) {
            tenant.sql(jdbc -> jdbc.sql("UPDATE task_order SET retry_at = now() WHERE task_id = :task")
                    .param("task", order.taskId())
                    .update());
            assertThat(((Verdict.Execute) tenant.proceed(order)).attempt()).isEqualTo(2);
            tenant.begin(order, 2);
        }
    }

    private void answered(String code) {
        tenant.complete(order, 1, old.request().attemptToken(), ExecutionResult.of(code, null));
        tenant.concluded(order, 1, How.ANSWERED);
    }

    @ParameterizedTest
    @EnumSource
    void it_can_charge_nothing(Since since) {
        an_old_holder(since);
        List<Object> before = everything();

        assertThat(charges(1)).isFalse();
        assertThat(charges(2)).as("in the name of the attempt that is").isFalse();
        assertThat(everything()).isEqualTo(before);
    }

    private boolean charges(int attempt) {
        return tenant.as(() -> Application.shared()
                        .bean(AttemptStore.class)
                        .report(ref(attempt), old.request().attemptToken(), "{\"page\":9}", List.of(PRICE)))
                != AttemptStore.Reported.NOT_CURRENT;
    }

    @ParameterizedTest
    @EnumSource
    void it_can_release_nothing(Since since) {
        an_old_holder(since);
        List<Object> before = everything();

        for (LeasedAsset lease : old.request().leases()) {
            Result result = tenant.release(lease.leaseId(), lease.fencingToken());
            boolean ended = since == Since.THE_ORDER_IS_OVER
                    || (since == Since.A_LEASE_WAS_REVOKED && lease.handle().equals("ip-1"));
            assertThat(result)
                    .as("%s, which is over: %s", lease.handle(), ended)
                    .isInstanceOf(ended ? Result.Ended.class : Result.StaleToken.class);
        }
        assertThat(everything()).isEqualTo(before);
    }

    @ParameterizedTest
    @EnumSource
    void its_outcomes_reach_no_asset(Since since) {
        an_old_holder(since);
        List<Object> before = everything();
        LeasedAsset lease = old.request().leases().get(0);
        ExecutionResult blocked = new ExecutionResult(
                "BANNED",
                null,
                Map.of(),
                List.of(new LeaseOutcome(lease.leaseId(), "IP_BLOCKED", Map.of("error_code", "E403"))),
                List.of(),
                List.of());

        completes(1, blocked);
        completes(2, blocked);
        assertThat(everything()).isEqualTo(before);
    }

    @ParameterizedTest
    @EnumSource
    void it_can_complete_nothing(Since since) {
        an_old_holder(since);
        List<Object> before = everything();
        ExecutionResult sold = new ExecutionResult(
                "OK", "sold", Map.of("ticket", 9), List.of(), List.of(), List.of(new Money("sale", BigDecimal.TEN)));

        completes(1, sold);
        completes(2, sold);
        tenant.concluded(order, 1, How.ANSWERED);
        assertThat(everything()).isEqualTo(before);
        assertThat(tenant.find(order.taskId()).state().status())
                .isEqualTo(since == Since.THE_ORDER_IS_OVER ? Status.SUCCESS : Status.RUNNING);
    }

    private void completes(int attempt, ExecutionResult result) {
        AttemptStore.Ended unused =
                tenant.complete(order, attempt, old.request().attemptToken(), result);
    }

    /** All rows that an order's result changes; what an old holder says it cost is kept apart, for a person. */
    private List<Object> everything() {
        List<Object> all = new ArrayList<>();
        all.add(tenant.find(order.taskId()));
        all.add(tenant.leases(order.taskId()));
        for (String sql : List.of(
                "SELECT number || state || coalesce(result_code, '') || costs || revenue || lease_outcomes ||"
                        + " coalesce(output::text, '') || coalesce(progress::text, '') FROM attempt"
                        + " WHERE task_id = :task ORDER BY number",
                "SELECT entry_id FROM ledger_entry WHERE task_id = :task ORDER BY entry_no",
                "SELECT asset_id || status || health_score FROM asset WHERE :task::uuid IS NOT NULL ORDER BY asset_id")) {
            all.add(tenant.sql(jdbc -> jdbc.sql(sql)
                    .param("task", order.taskId())
                    .query(String.class)
                    .list()));
        }
        return all;
    }

    private AttemptRef ref(int attempt) {
        return new AttemptRef(tenant.id(), order.taskId(), attempt);
    }

    @ParameterizedTest
    @EnumSource
    void an_attempt_token_is_of_one_attempt(Since since) {
        an_old_holder(since);
        List<UUID> tokens = tenant.sql(jdbc -> jdbc.sql("SELECT token FROM attempt WHERE task_id = :task")
                .param("task", order.taskId())
                .query(UUID.class)
                .list());
        assertThat(tokens).doesNotHaveDuplicates().contains(old.request().attemptToken());
    }
}
