package dev.taskorder.activities.order;

import dev.taskorder.activities.attempt.AttemptRow;
import dev.taskorder.activities.event.EventLog;
import dev.taskorder.activities.lease.LeaseBook;
import dev.taskorder.activities.lease.ReleasedLease;
import dev.taskorder.activities.ledger.Bill;
import dev.taskorder.activities.ledger.Postings;
import dev.taskorder.activities.policy.PolicyVersions;
import dev.taskorder.api.execution.LeaseOutcome;
import dev.taskorder.api.lease.Lease;
import dev.taskorder.api.matching.MatchTrigger;
import dev.taskorder.api.order.Verdict;
import dev.taskorder.api.policy.Policy;
import java.util.List;
import java.util.UUID;

/**
 * An order that waits between two attempts for leases that it lost. It keeps its good ones for a while; then it gives them
 * back and waits for all it wants, so that two orders never wait for each other for ever. All in the caller's transaction,
 * which holds the order's row and runs the matcher when it has committed.
 */
final class LeaseWait {
    private final OrderTable orders;
    private final LeaseBook leases;
    private final Postings ledger;
    private final EventLog events;
    private final MatchTrigger matcher;
    private final PolicyVersions policies;

    LeaseWait(OrderTable orders, Settlement.Books books, MatchTrigger matcher, PolicyVersions policies) {
        this.orders = orders;
        this.leases = books.leases();
        this.ledger = books.ledger();
        this.events = books.events();
        this.matcher = matcher;
        this.policies = policies;
    }

    /** Of those that its executor says were bad; if it names none, of all. */
    void giveBackBad(OrderRow order, AttemptRow attempt) {
        Policy.AssetHealth rules = policies.version(order.policyVersion()).assetHealth();
        List<UUID> bad = attempt.outcomes().stream()
                .filter(outcome -> rules.isBad(outcome.eventType()))
                .map(LeaseOutcome::leaseId)
                .distinct()
                .toList();
        List<ReleasedLease> back = leases.exchange(order.taskId(), bad.isEmpty() ? attempt.leaseIds() : bad);
        orders.unbind(order.taskId(), back.stream().map(ReleasedLease::leaseId).toList());
        tell(order, back);
    }

    /** From now on the matcher owes it what it lacks. One that waits already goes on waiting, and one that is to end begins not to. */
    void begin(OrderRow order) {
        if (order.refusalCode() != null) {
            return;
        }
        orders.waitForLeases(
                order.taskId(),
                policies.version(order.policyVersion()).defaults().retryHoldMs());
        matcher.mark(order.env());
    }

    /** Whether it waits, and has kept its good leases for long enough. */
    static boolean isHoldOver(OrderRow order) {
        Long holdLeftMs = order.holdLeftMs();
        return order.waits() && order.refusalCode() == null && holdLeftMs != null && holdLeftMs <= 0;
    }

    /** Waits for a wake, and for the end of the hold: whether that has come, the database's clock says. */
    Verdict verdict(OrderRow order, long leftMs) {
        Long holdLeftMs = order.holdLeftMs();
        if (holdLeftMs != null && holdLeftMs > 0) {
            return new Verdict.Await(Math.min(holdLeftMs, leftMs));
        }
        if (holdLeftMs != null) {
            giveBack(order);
        }
        return new Verdict.Await(leftMs);
    }

    private void giveBack(OrderRow order) {
        List<ReleasedLease> back = leases.endAll(order.taskId(), Lease.State.RELEASED, 0);
        ledger.post(
                Bill.of(order.account()).returning(ReleasedLease.unused(back)).returningExecutorHold());
        orders.holdNothing(order.taskId());
        tell(order, back);
        matcher.mark(order.env());
    }

    private void tell(OrderRow order, List<ReleasedLease> back) {
        events.append(back.stream()
                .map(lease -> Settlement.givenBack(order, lease, null, OrderProgress.WORKFLOW))
                .toList());
    }
}
