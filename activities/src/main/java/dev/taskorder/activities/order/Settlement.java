package dev.taskorder.activities.order;

import dev.taskorder.activities.asset.AssetBook;
import dev.taskorder.activities.asset.AssetNews;
import dev.taskorder.activities.attempt.AttemptLease;
import dev.taskorder.activities.attempt.AttemptLog;
import dev.taskorder.activities.attempt.AttemptRow;
import dev.taskorder.activities.attempt.AttemptState;
import dev.taskorder.activities.event.EventLog;
import dev.taskorder.activities.event.NewEvent;
import dev.taskorder.activities.lease.LeaseBook;
import dev.taskorder.activities.lease.ReleasedLease;
import dev.taskorder.activities.lease.Retention;
import dev.taskorder.activities.ledger.Bill;
import dev.taskorder.activities.ledger.LeasePrice;
import dev.taskorder.activities.ledger.Postings;
import dev.taskorder.activities.policy.PolicyVersions;
import dev.taskorder.api.matching.MatchTrigger;
import dev.taskorder.api.policy.Policy;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
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
    private final AssetBook assets;
    private final MatchTrigger matcher;
    private final PolicyVersions policies;
    private final OrderEnds ends;

    Settlement(OrderTable orders, Books books, MatchTrigger matcher, PolicyVersions policies, OrderEnds ends) {
        this.orders = orders;
        this.attempts = books.attempts();
        this.leases = books.leases();
        this.ledger = books.ledger();
        this.events = books.events();
        this.assets = books.assets();
        this.matcher = matcher;
        this.policies = policies;
        this.ends = ends;
    }

    /** What an order's end is written to beside its own row. */
    record Books(AttemptLog attempts, LeaseBook leases, Postings ledger, EventLog events, AssetBook assets) {}

    /** Ends the order with whatever attempt of it is live. */
    void settle(OrderRow order, Ending ending, String actor) {
        settle(order, attempts.lockLive(order.taskId()).orElse(null), ending, actor);
    }

    /** Ends the order; the attempt, if it is live, ends with it. */
    void settle(OrderRow order, @Nullable AttemptRow attempt, Ending ending, String actor) {
        AttemptState end = attempt == null ? null : endOf(attempt);
        Closed closed = attempt == null || end == null
                ? Closed.NOTHING
                : closeAttempt(order, attempt, end, ending.code(), ending.message());
        boolean mayStillRun = end == AttemptState.ABANDONED;
        Policy policy = policies.version(order.policyVersion());
        long restMs = mayStillRun ? policy.defaults().abandonedSlotMs() : 0;
        @Nullable Retention retention = retention(order, policy.retainedLeases().ttlSeconds());
        List<ReleasedLease> released = leases.releaseAll(order.taskId(), restMs, retention);
        events.append(eventsOf(order, ending, actor, new GivenBack(released, retention, closed.told())));
        List<AssetNews.Outcome> told = new ArrayList<>(closed.told());
        told.addAll(AssetTidings.ofEnd(order.taskId(), ending, released, closed.told()));
        assets.tell(new AssetNews(order.taskId(), order.policyVersion(), actor, told, closed.used()));
        // who waited first may have kept slots from others, and those behind it were not looked at
        boolean isChance = !released.isEmpty() || (order.waits() && orders.stoodFirst(order.taskId()));
        if (isChance || order.account().held().signum() > 0) {
            matcher.mark(order.env());
        }
        String output = end == AttemptState.ENDED && attempt != null ? attempt.output() : null;
        orders.settle(order.taskId(), ending, output);
        ends.ended(order.taskId());
        // money last: many orders share a budget, and whoever charges it has it until the commit
        ledger.post(Bill.of(order.account())
                .with(closed.bill())
                .returning(allUnused(order, released, closed.bill()))
                .returningExecutorHold());
    }

    /** Nothing stays held for an order that is over; a lease that expired under its attempt nobody has returned so far. */
    private List<LeasePrice> allUnused(OrderRow order, List<ReleasedLease> released, Bill.@Nullable OfAttempt bill) {
        List<LeasePrice> unused = ReleasedLease.unused(released);
        BigDecimal accountedFor = Stream.concat(unused.stream(), bill == null ? Stream.of() : bill.charged().stream())
                .map(LeasePrice::amount)
                .reduce(order.account().executorHold(), BigDecimal::add);
        return accountedFor.compareTo(order.account().held()) == 0 ? unused : leases.unsettled(order.taskId());
    }

    /**
     * Ends an attempt that another one follows. The leases that the order keeps get new tokens, for whoever ran the attempt
     * knows the old ones, and even one that has answered may not be done with them.
     */
    Postings.Posted endAttempt(
            OrderRow order, AttemptRow attempt, AttemptState end, Judgement.Retry next, String actor) {
        Closed closed = closeAttempt(order, attempt, end, next.code(), next.message());
        Map<UUID, Long> newTokens = leases.renewTokens(order.taskId());
        Map<String, @Nullable Object> data = new HashMap<>();
        data.put("attempt", attempt.number());
        data.put("result_code", next.code());
        data.put("message", next.message());
        data.put("backoff_ms", next.backoffMs());
        data.put("counted", next.counted());
        if (!newTokens.isEmpty()) {
            data.put("fencing_tokens", newTokens);
        }
        addShown(closed.told(), data);
        events.append(List.of(new NewEvent(order.taskId(), "task_order.retrying", actor, data)));
        assets.tellAndMatch(new AssetNews(order.taskId(), order.policyVersion(), actor, closed.told(), closed.used()));
        Postings.Posted posted =
                ledger.post(Bill.of(order.account()).with(closed.bill()).returningExecutorHold());
        if (posted.freed()) {
            matcher.mark(order.env());
        }
        return posted;
    }

    /** Has it ended for its costs. */
    void refuse(OrderRow order, String why, List<String> tooSmall) {
        ledger.refuse(order.taskId(), why, tooSmall);
    }

    private static void addShown(List<AssetNews.Outcome> told, Map<String, @Nullable Object> data) {
        if (!told.isEmpty()) {
            data.put("lease_outcomes", AssetTidings.shown(told));
        }
    }

    /**
     * What a closed attempt has for the assets and for the books, which come last of all.
     *
     * @param told what its executor said of them
     * @param used the asset of each lease that it was the first to begin with
     * @param bill what it cost and earned; null if it never began
     */
    private record Closed(List<AssetNews.Outcome> told, List<String> used, Bill.@Nullable OfAttempt bill) {
        static final Closed NOTHING = new Closed(List.of(), List.of(), null);
    }

    /** Draws the conclusion from an attempt: its row ends and, if it ever began, there is a bill. */
    private Closed closeAttempt(
            OrderRow order, AttemptRow attempt, AttemptState end, @Nullable String code, @Nullable String message) {
        List<AttemptLease> granted = attempts.conclude(order.taskId(), attempt.number(), end, code, message);
        List<AttemptLease> used =
                granted.stream().filter(AttemptLease::firstUse).toList();
        return new Closed(
                end == AttemptState.ENDED ? AssetTidings.ofResult(attempt, granted) : List.of(),
                used.stream().map(AttemptLease::assetId).toList(),
                attempt.began() ? bill(attempt, used) : null);
    }

    private static Bill.OfAttempt bill(AttemptRow attempt, List<AttemptLease> used) {
        return new Bill.OfAttempt(
                attempt.number(),
                true,
                used.stream().map(AttemptLease::price).toList(),
                attempt.costs(),
                attempt.postedCosts(),
                attempt.revenue());
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
            List<ReleasedLease> leases, @Nullable Retention retention, List<AssetNews.Outcome> told) {}

    /** @param retention for whom its slot is kept; null for nobody */
    static NewEvent givenBack(OrderRow order, ReleasedLease lease, @Nullable Retention retention, String actor) {
        Map<String, @Nullable Object> data = new HashMap<>();
        data.put("lease_id", lease.leaseId());
        data.put("asset_id", lease.assetId());
        if (retention != null) {
            data.put("kept_for", retention.key());
            data.put("kept_s", retention.ttlSeconds());
        }
        return new NewEvent(order.taskId(), "lease.released", actor, data);
    }

    private static List<NewEvent> eventsOf(OrderRow order, Ending ending, String actor, GivenBack back) {
        List<NewEvent> all = new ArrayList<>();
        for (ReleasedLease lease : back.leases()) {
            all.add(givenBack(order, lease, back.retention(), actor));
        }
        Map<String, @Nullable Object> data = new HashMap<>();
        data.put("result_code", ending.code());
        data.put("message", ending.message());
        addShown(back.told(), data);
        all.add(new NewEvent(order.taskId(), ending.eventType(), actor, data));
        return all;
    }
}
