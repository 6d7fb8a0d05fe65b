package dev.taskorder.activities.order;

import dev.taskorder.activities.attempt.AttemptLog;
import dev.taskorder.activities.attempt.AttemptRow;
import dev.taskorder.activities.attempt.AttemptState;
import dev.taskorder.activities.event.EventLog;
import dev.taskorder.activities.event.NewEvent;
import dev.taskorder.activities.lease.LeaseBook;
import dev.taskorder.activities.lease.ReleasedLease;
import dev.taskorder.activities.lease.Retention;
import dev.taskorder.activities.ledger.AttemptBill;
import dev.taskorder.activities.ledger.Postings;
import dev.taskorder.activities.policy.PolicyVersions;
import dev.taskorder.api.matching.MatchTrigger;
import dev.taskorder.api.policy.Policy;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The end of an attempt and the end of an order, in the caller's transaction, whoever the caller is: a step of the
 * workflow, the API that cancels before the workflow began, or maintenance.
 */
final class Settlement {
    private final OrderTable orders;
    private final AttemptLog attempts;
    private final LeaseBook leases;
    private final Postings ledger;
    private final EventLog events;
    private final MatchTrigger matcher;
    private final PolicyVersions policies;
    private final OrderEnds ends;

    Settlement(OrderTable orders, Books books, MatchTrigger matcher, PolicyVersions policies, OrderEnds ends) {
        this.orders = orders;
        this.attempts = books.attempts();
        this.leases = books.leases();
        this.ledger = books.ledger();
        this.events = books.events();
        this.matcher = matcher;
        this.policies = policies;
        this.ends = ends;
    }

    /** What an order's end is written to beside its own row. */
    record Books(AttemptLog attempts, LeaseBook leases, Postings ledger, EventLog events) {}

    /** Ends the order with whatever attempt of it is live. */
    void settle(OrderRow order, Ending ending, String actor) {
        settle(order, attempts.lockLive(order.taskId()).orElse(null), ending, actor);
    }

    /** Ends the order; the attempt, if it is live, ends with it. */
    void settle(OrderRow order, @Nullable AttemptRow attempt, Ending ending, String actor) {
        AttemptState end = attempt == null ? null : endOf(attempt);
        if (attempt != null && end != null) {
            closeAttempt(order, attempt, end, ending.code(), ending.message());
        }
        boolean mayStillRun = end == AttemptState.ABANDONED;
        Policy policy = policies.version(order.policyVersion());
        long restMs = mayStillRun ? policy.defaults().abandonedSlotMs() : 0;
        @Nullable Retention retention = retention(order, policy.retainedLeases().ttlSeconds());
        List<ReleasedLease> released = leases.releaseAll(order.taskId(), restMs, retention);
        String output = end == AttemptState.ENDED && attempt != null ? attempt.output() : null;
        orders.settle(order.taskId(), ending, output);
        ends.ended(order.taskId());
        events.append(eventsOf(order, ending, actor, new GivenBack(released, retention)));
        if (!released.isEmpty()) {
            matcher.mark(order.env());
        }
    }

    /** Draws the conclusion from an attempt: its row ends and, if it ever began, it is posted. */
    void closeAttempt(
            OrderRow order, AttemptRow attempt, AttemptState end, @Nullable String code, @Nullable String message) {
        attempts.conclude(order.taskId(), attempt.number(), end, code, message);
        if (attempt.began()) {
            ledger.post(new AttemptBill(
                    order.taskId(),
                    attempt.number(),
                    order.env(),
                    order.projectId(),
                    order.currency(),
                    attempt.leaseIds(),
                    attempt.costs(),
                    attempt.revenue()));
        }
    }

    private static @Nullable AttemptState endOf(AttemptRow attempt) {
        return switch (attempt.state()) {
            case GRANTED -> AttemptState.DROPPED;
            case RUNNING -> AttemptState.ABANDONED;
            case ANSWERED -> AttemptState.ENDED;
            case ENDED, LOST, ABANDONED, DROPPED -> null;
        };
    }

    private static @Nullable Retention retention(OrderRow order, long ttlSeconds) {
        return order.retentionKey() == null || ttlSeconds < 1 ? null : new Retention(order.retentionKey(), ttlSeconds);
    }

    private record GivenBack(
            List<ReleasedLease> leases, @Nullable Retention retention) {}

    private static List<NewEvent> eventsOf(OrderRow order, Ending ending, String actor, GivenBack back) {
        List<NewEvent> all = new ArrayList<>();
        for (ReleasedLease lease : back.leases()) {
            Map<String, @Nullable Object> data = new HashMap<>();
            data.put("lease_id", lease.leaseId());
            data.put("asset_id", lease.assetId());
            if (back.retention() != null) {
                data.put("kept_for", back.retention().key());
                data.put("kept_s", back.retention().ttlSeconds());
            }
            all.add(new NewEvent(order.taskId(), "lease.released", actor, data));
        }
        Map<String, @Nullable Object> data = new HashMap<>();
        data.put("result_code", ending.code());
        data.put("message", ending.message());
        all.add(new NewEvent(order.taskId(), ending.eventType(), actor, data));
        return all;
    }
}
