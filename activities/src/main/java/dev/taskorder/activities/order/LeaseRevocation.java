package dev.taskorder.activities.order;

import dev.taskorder.activities.attempt.AttemptLog;
import dev.taskorder.activities.attempt.AttemptRow;
import dev.taskorder.activities.attempt.AttemptState;
import dev.taskorder.activities.dispatch.DispatchSignal;
import dev.taskorder.activities.event.EventLog;
import dev.taskorder.activities.event.NewEvent;
import dev.taskorder.activities.lease.LeaseBook;
import dev.taskorder.activities.lease.ReleasedLease;
import dev.taskorder.activities.ledger.Bill;
import dev.taskorder.activities.ledger.Postings;
import dev.taskorder.activities.policy.PolicyVersions;
import dev.taskorder.activities.tenant.TenantTransactions;
import dev.taskorder.api.execution.ResultCodes;
import dev.taskorder.api.lease.Lease;
import dev.taskorder.api.lease.LeaseRelease;
import dev.taskorder.api.matching.MatchTrigger;
import dev.taskorder.api.order.Status;
import dev.taskorder.api.tenant.Caller;
import dev.taskorder.api.tenant.TenantContext;
import dev.taskorder.api.tenant.TenantId;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A lease taken away by call. Order, attempt and leases are locked in that order, as everywhere; whatever the workflow and
 * the executor do meanwhile, they find an attempt that was given up and tokens that are worthless.
 */
final class LeaseRevocation implements LeaseRelease {
    private final TenantTransactions transactions;
    private final OrderTable orders;
    private final AttemptLog attempts;
    private final LeaseBook leases;
    private final Postings ledger;
    private final EventLog events;
    private final Settlement settlement;
    private final LeaseWait waits;
    private final Around around;

    /** What a revocation needs of the world around it. */
    record Around(PolicyVersions policies, MatchTrigger matcher, Outbox outbox, DispatchSignal dispatch) {}

    /** @param envToMatch where the matcher has something to look at now; null if it has not */
    private record Outcome(Result result, @Nullable String envToMatch) {}

    LeaseRevocation(
            TenantTransactions transactions,
            OrderTable orders,
            Settlement.Books books,
            Settlement settlement,
            LeaseWait waits,
            Around around) {
        this.transactions = transactions;
        this.orders = orders;
        this.attempts = books.attempts();
        this.leases = books.leases();
        this.ledger = books.ledger();
        this.events = books.events();
        this.settlement = settlement;
        this.waits = waits;
        this.around = around;
    }

    @Override
    public Result release(UUID leaseId, long fencingToken, Caller caller) {
        Outcome outcome = transactions.in(() -> leases.find(leaseId)
                .map(lease -> underLock(lease, fencingToken, caller))
                .orElseGet(() -> new Outcome(new Result.NotFound(), null)));
        if (outcome.envToMatch() != null) {
            around.matcher().run(outcome.envToMatch());
        }
        return outcome.result();
    }

    private Outcome underLock(Lease seen, long fencingToken, Caller caller) {
        OrderRow order = orders.lock(seen.taskId()).orElseThrow();
        Lease lease = leases.find(seen.leaseId()).orElseThrow();
        if (lease.fencingToken() != fencingToken) {
            return new Outcome(new Result.StaleToken(), null);
        }
        if (lease.state() != Lease.State.ACTIVE) {
            return new Outcome(new Result.Ended(lease), keptNoLonger(order, lease, caller) ? order.env() : null);
        }
        if (order.status() == Status.RUNNING) {
            revoke(order, lease, caller);
        } else {
            end(order, lease, caller);
            around.matcher().mark(order.env()); // rows got past us: no order that is over has live leases
        }
        return new Outcome(new Result.Ended(leases.find(lease.leaseId()).orElseThrow()), order.env());
    }

    /** Of an order that is over: the slot may be kept for the next one of its key. */
    private boolean keptNoLonger(OrderRow order, Lease lease, Caller caller) {
        boolean wasKept = leases.dropRetention(lease.leaseId());
        if (wasKept) {
            Map<String, @Nullable Object> data = Map.of(
                    "what",
                    "retention",
                    "lease_id",
                    lease.leaseId(),
                    "asset_id",
                    lease.assetId(),
                    "message",
                    lease.assetId() + " is kept for nobody any more");
            events.append(List.of(new NewEvent(order.taskId(), "task_order.updated", caller.actor(), data)));
            around.matcher().mark(order.env());
        }
        return wasKept;
    }

    private void revoke(OrderRow order, Lease lease, Caller caller) {
        AttemptRow attempt = attempts.lockLive(order.taskId()).orElse(null);
        if (attempt != null && attempt.state() == AttemptState.RUNNING) {
            // those of all its leases: its executor may go on with each until it hears that it was given up
            long restMs =
                    around.policies().version(order.policyVersion()).defaults().abandonedSlotMs();
            leases.restSlots(order.taskId(), restMs);
        }
        orders.unbind(order.taskId(), List.of(lease.leaseId()));
        List<ReleasedLease> revoked = end(order, lease, caller);
        if (attempt != null && attempt.state() == AttemptState.ANSWERED) {
            around.matcher().mark(order.env());
            return; // the answer stands, and what follows from it the workflow is about to ask
        }
        if (attempt != null) {
            giveUp(order, attempt, lease, caller);
        }
        waits.begin(order);
        if (attempt == null || !attempt.began()) {
            // budgets last, after the assets that an attempt's end tells of
            ledger.post(Bill.of(order.account())
                    .returning(ReleasedLease.unused(revoked))
                    .returningExecutorHold());
        }
        around.outbox().wake(order.taskId());
        TenantId tenant = TenantContext.required();
        transactions.afterCommit(() -> around.dispatch().signalsDue(tenant));
    }

    private List<ReleasedLease> end(OrderRow order, Lease lease, Caller caller) {
        List<ReleasedLease> revoked = leases.revoke(lease.leaseId()).stream().toList();
        Map<String, @Nullable Object> data = Map.of("lease_id", lease.leaseId(), "asset_id", lease.assetId());
        events.append(List.of(new NewEvent(order.taskId(), "lease.revoked", caller.actor(), data)));
        return revoked;
    }

    /** What it reported is posted; what comes later is kept as late. */
    private void giveUp(OrderRow order, AttemptRow attempt, Lease lease, Caller caller) {
        AttemptState end = attempt.began() ? AttemptState.ABANDONED : AttemptState.DROPPED;
        String message = "the lease of " + lease.assetId() + " was revoked";
        Judgement.Retry next = new Judgement.Retry(false, 0, ResultCodes.LEASE_REVOKED, message);
        settlement.endAttempt(order, attempt, end, next, caller.actor());
    }
}
