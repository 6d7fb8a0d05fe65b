package dev.taskorder.activities.order;

import dev.taskorder.activities.asset.AssetBook;
import dev.taskorder.activities.attempt.AttemptLog;
import dev.taskorder.activities.budget.BudgetBook;
import dev.taskorder.activities.dispatch.DispatchSignal;
import dev.taskorder.activities.dispatch.StartAtOnce;
import dev.taskorder.activities.event.EventLog;
import dev.taskorder.activities.lease.LeaseBook;
import dev.taskorder.activities.ledger.Postings;
import dev.taskorder.activities.policy.PolicyVersions;
import dev.taskorder.activities.tenant.Standing;
import dev.taskorder.activities.tenant.SystemTransactions;
import dev.taskorder.activities.tenant.TenantTransactions;
import dev.taskorder.api.audit.AuditLog;
import dev.taskorder.api.lease.LeaseRelease;
import dev.taskorder.api.matching.MatchTrigger;
import dev.taskorder.api.matching.MoneyNeeds;
import dev.taskorder.api.matching.PoolCheck;
import dev.taskorder.api.order.OrderSteps;
import dev.taskorder.api.order.TaskOrders;
import dev.taskorder.api.policy.Policies;
import dev.taskorder.api.policy.Routes;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Task orders: what callers ask, what the workflow does, and what maintenance mends. */
@Configuration(proxyBeanMethods = false)
public class OrderConfiguration {
    @Bean
    Settlement.Books orderBooks(
            AttemptLog attempts, LeaseBook leases, Postings ledger, EventLog events, AssetBook assets) {
        return new Settlement.Books(attempts, leases, ledger, events, assets);
    }

    @Bean
    OrderTable orderTable(JdbcClient jdbc) {
        return new OrderTable(jdbc);
    }

    @Bean
    OrderIdentities orderIdentities(TenantTransactions transactions, JdbcClient jdbc) {
        return new JdbcOrderIdentities(transactions, jdbc);
    }

    @Bean
    OrderEnds orderEnds(TenantTransactions transactions) {
        return new OrderEnds(transactions::afterCommit);
    }

    @Bean
    Settlement settlement(
            OrderTable orders, Settlement.Books books, MatchTrigger matcher, PolicyVersions policies, OrderEnds ends) {
        return new Settlement(orders, books, matcher, policies, ends);
    }

    @Bean
    TaskOrders taskOrders(OrderCreation creation, OrderList list, OrderCancellation cancellation, OrderUpdate updates) {
        return new JdbcTaskOrders(creation, list, cancellation, updates);
    }

    @Bean
    JdbcFollowUps.Around followUpsAround(
            Policies policies, PolicyVersions versions, Standing standing, EventLog events) {
        return new JdbcFollowUps.Around(policies, versions, standing, events);
    }

    @Bean
    FollowUps followUps(
            SystemTransactions system,
            TenantTransactions transactions,
            JdbcClient jdbc,
            OrderCreation creation,
            OrderList orders,
            JdbcFollowUps.Around around) {
        return new JdbcFollowUps(system, transactions, jdbc, creation, orders, around);
    }

    @Bean
    OrderList orderList(TenantTransactions transactions, JdbcClient jdbc) {
        return new OrderList(transactions, jdbc);
    }

    @Bean
    OrderUpdate orderUpdate(TenantTransactions transactions, OrderTable orders, OrderList list, OrderUpdate.Told told) {
        return new OrderUpdate(transactions, orders, list, told);
    }

    @Bean
    OrderUpdate.Told orderUpdateTold(JdbcClient jdbc, EventLog events, MatchTrigger matcher, DispatchSignal dispatch) {
        return new OrderUpdate.Told(events, new Outbox(jdbc), matcher, dispatch);
    }

    @Bean
    OrderCreation orderCreation(
            TenantTransactions transactions,
            JdbcClient jdbc,
            OrderCreation.Checks checks,
            OrderCreation.Dispatch dispatch) {
        return new OrderCreation(transactions, jdbc, checks, dispatch);
    }

    /** {@code taskorder.quotas.enabled}: local mode has no quotas. */
    @Bean
    OrderCreation.Checks creationChecks(
            Policies policies,
            Routes routes,
            PoolCheck pool,
            @Value("${taskorder.quotas.enabled:true}") boolean quotas) {
        return new OrderCreation.Checks(policies, routes, pool, quotas);
    }

    @Bean
    OrderCreation.Dispatch orderDispatch(DispatchSignal signal, ObjectProvider<StartAtOnce> atOnce) {
        return new OrderCreation.Dispatch(atOnce.getIfAvailable(() -> StartAtOnce.NEVER), signal);
    }

    @Bean
    OrderCancellation orderCancellation(
            TenantTransactions transactions,
            JdbcClient jdbc,
            OrderTable orders,
            OrderBatches batches,
            DispatchSignal dispatch,
            MatchTrigger matcher) {
        return new OrderCancellation(transactions, orders, batches, new Outbox(jdbc), dispatch, matcher);
    }

    @Bean
    JdbcDeadLetters.Checks redriveChecks(OrderCreation.Checks creation, PolicyVersions versions) {
        return new JdbcDeadLetters.Checks(creation, versions);
    }

    @Bean
    JdbcDeadLetters deadLetters(
            TenantTransactions transactions,
            JdbcClient jdbc,
            OrderTable orders,
            OrderList list,
            JdbcDeadLetters.Checks checks,
            DispatchSignal dispatch) {
        return new JdbcDeadLetters(transactions, jdbc, orders, list, checks, dispatch);
    }

    @Bean
    OrderBatches orderBatches(
            TenantTransactions transactions,
            JdbcClient jdbc,
            OrderList list,
            JdbcDeadLetters deadLetters,
            OrderEnds ends,
            DispatchSignal dispatch) {
        return new JdbcOrderBatches(transactions, jdbc, list, deadLetters, ends, dispatch);
    }

    @Bean
    CancelOnSuspend cancelOnSuspend(TenantTransactions transactions, JdbcClient jdbc, TaskOrders orders) {
        return new JdbcCancelOnSuspend(transactions, jdbc, orders);
    }

    @Bean
    OrderSteps orderSteps(
            TenantTransactions transactions,
            OrderTable orders,
            Settlement.Books books,
            Settlement settlement,
            LeaseWait waits,
            OrderProgress.Surroundings around) {
        OrderProgress progress = new OrderProgress(orders, books, settlement, waits, around);
        return new OrderStepsImpl(transactions, orders, progress, settlement, around.matcher());
    }

    @Bean
    LeaseWait leaseWait(OrderTable orders, Settlement.Books books, MatchTrigger matcher, PolicyVersions policies) {
        return new LeaseWait(orders, books, matcher, policies);
    }

    @Bean
    LeaseRelease leaseRelease(
            TenantTransactions transactions,
            OrderTable orders,
            Settlement.Books books,
            Settlement settlement,
            LeaseWait waits,
            LeaseRevocation.Around around) {
        return new LeaseRevocation(transactions, orders, books, settlement, waits, around);
    }

    @Bean
    LeaseRevocation.Around leaseRevocationAround(
            PolicyVersions policies, MatchTrigger matcher, JdbcClient jdbc, DispatchSignal dispatch) {
        return new LeaseRevocation.Around(policies, matcher, new Outbox(jdbc), dispatch);
    }

    @Bean
    OrderProgress.Surroundings orderSurroundings(
            PolicyVersions policies,
            Routes routes,
            MatchTrigger matcher,
            BudgetBook budgets,
            MoneyNeeds needs,
            Standing standing) {
        return new OrderProgress.Surroundings(policies, routes, matcher, budgets, needs, standing);
    }

    @Bean
    OrderRecovery orderRecovery(
            TenantTransactions transactions,
            JdbcClient jdbc,
            OrderTable orders,
            Settlement settlement,
            RecoveryNotes notes,
            MatchTrigger matcher) {
        return new JdbcOrderRecovery(transactions, jdbc, orders, settlement, notes, matcher);
    }

    @Bean
    RecoveryNotes recoveryNotes(EventLog events, AuditLog audit) {
        return new RecoveryNotes(events, audit);
    }
}
