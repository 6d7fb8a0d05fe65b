package dev.taskorder.starter.maintenance;

import dev.taskorder.activities.order.OrderRecovery;
import dev.taskorder.activities.order.OrderRecovery.CheckDue;
import dev.taskorder.activities.order.OrderRecovery.Loss;
import dev.taskorder.activities.order.OrderRecovery.Pace;
import dev.taskorder.api.tenant.TenantId;
import dev.taskorder.starter.maintenance.WorkflowLook.Seen;
import io.grpc.StatusRuntimeException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks Temporal whether the workflows of open orders still live, and acts where they do not (design.md §3, "Terminate,
 * reset, loss"). Temporal that does not answer says nothing about any workflow.
 *
 * <p>Orders that have been quiet for long are asked about ever more rarely while two other things tell of a loss within
 * the minute: visibility, of workflows that ended; and one workflow that was there a moment ago and is asked about all
 * the time, of a Temporal that forgot them.
 */
final class WorkflowCensus {
    private static final Logger log = LoggerFactory.getLogger(WorkflowCensus.class);
    private static final int BATCH = 20;
    private static final int OVERDUE_MAX = 200;
    private static final int NOW = 0;
    private static final int A_MINUTE = 55;
    /** For all tenants together: what else is due waits for it. */
    private static final long BUDGET_MS = 2_000;

    private static final long WATCH_EVERY_MS = 15_000;
    private static final long AWAY_MS = 5_000;

    private final OrderRecovery recovery;
    private final WorkflowLook temporal;
    private final VisibilityLook visibility;
    private final StrayLook strays;
    private final LookAtAll lookAtAll;
    private final Recovered recovered;
    private final Chores chores;
    private final Clock clock;
    /** Temporal knew its workflow when it was last asked; if it does not any more, it may have forgotten them all. */
    private @Nullable CheckDue known;

    private long nextWatch;
    private boolean away;
    private long awayUntil;

    /** The ways to look. */
    record Looks(WorkflowLook workflow, VisibilityLook closed, StrayLook strays, LookAtAll all) {}

    WorkflowCensus(OrderRecovery recovery, Looks looks, Recovered recovered, Chores chores, Clock clock) {
        this.recovery = recovery;
        this.temporal = looks.workflow();
        this.visibility = looks.closed();
        this.strays = looks.strays();
        this.lookAtAll = looks.all();
        this.recovered = recovered;
        this.chores = chores;
        this.clock = clock;
    }

    /** Makes due the orders, over all tenants, whose workflow seems to have ended or to be forgotten. */
    void look() {
        visibility.look((tenant, tasks) -> chores.ask(tenant, "ENDED", false, () -> {
            recovery.checkIn(NOW, tasks);
            return true;
        }));
        watch();
        lookAtAll.goOn();
        strays.goOn();
    }

    /** PostgreSQL was away, or knows an order as open that was over: it may have come back with an older memory. */
    void doubtRows() {
        lookAtAll.want();
        strays.want();
    }

    /** Whether open orders are still to be looked up that are not due for it yet. From any thread. */
    boolean doubtsOrders() {
        return lookAtAll.doubts();
    }

    /** Whether workflows are still to be looked at for their order. From any thread. */
    boolean doubtsWorkflows() {
        return strays.doubts();
    }

    /** Settles orders of the bound tenant that no workflow ended at their deadline. */
    void settleOverdue() {
        int settled = recovery.settleOverdue(OVERDUE_MAX);
        if (settled > 0) {
            recovered.count(Recovered.Kind.OVERDUE, settled);
            log.warn("orders settled a minute after their deadline, because no workflow did: {}", settled);
        }
    }

    private void watch() {
        CheckDue order = known;
        long now = clock.millis();
        if (order != null && now >= nextWatch && now >= awayUntil) {
            nextWatch = now + WATCH_EVERY_MS;
            chores.run(order.tenant(), "WATCH", () -> {
                var unused = ask(order);
            });
        }
    }

    /** Looks up the orders of these tenants that are due for it, in turn, until none is or the time of a pass is over. */
    void check(List<TenantId> tenants) {
        long until = clock.millis() + BUDGET_MS;
        List<TenantId> left = new ArrayList<>(tenants);
        Collections.shuffle(left); // whoever the time does not reach is not the same each time
        while (!left.isEmpty() && hasTime(until)) {
            left.removeIf(tenant -> hasTime(until) && !chores.ask(tenant, "CHECK", false, () -> hasMore(until)));
        }
    }

    private boolean hasTime(long until) {
        long now = clock.millis();
        return now < until && now >= awayUntil;
    }

    /** Looks up one batch of the bound tenant; what there is no time for, or no answer, stays due. */
    private boolean hasMore(long until) {
        Pace pace = visibility.works() && known != null ? Pace.EASING : Pace.EVERY_MINUTE;
        List<CheckDue> batch = recovery.claimChecks(BATCH, pace);
        List<UUID> unfindable = new ArrayList<>();
        List<UUID> atRest = new ArrayList<>();
        List<UUID> unasked = new ArrayList<>();
        for (CheckDue order : batch) {
            Seen seen = hasTime(until) ? ask(order) : null;
            if (seen == null) {
                unasked.add(order.taskId());
            } else if (seen.loss() != null) {
                act(order, seen.loss());
            } else {
                addIf(!seen.findable() && pace == Pace.EASING, unfindable, order);
                addIf(seen.atRest(), atRest, order);
            }
        }
        unlessEmpty(unasked, tasks -> recovery.checkIn(NOW, tasks));
        unlessEmpty(unfindable, tasks -> recovery.checkIn(A_MINUTE, tasks));
        unlessEmpty(atRest, this::wakeAsleep);
        return batch.size() == BATCH;
    }

    private static void addIf(boolean so, List<UUID> tasks, CheckDue order) {
        if (so) {
            tasks.add(order.taskId());
        }
    }

    private static void unlessEmpty(List<UUID> tasks, Consumer<List<UUID>> what) {
        if (!tasks.isEmpty()) {
            what.accept(tasks);
        }
    }

    /** One order that cannot be mended does not keep the others waiting. */
    private void act(CheckDue order, Loss loss) {
        try {
            if (recovery.lost(order.taskId(), order.runNo(), loss)) {
                log.warn("order {} was open but its workflow is {}", order.taskId(), loss);
                recovered.count(Recovered.Kind.valueOf(loss.name()), 1);
                if (loss == Loss.CLOSED) {
                    doubtRows();
                }
            }
        } catch (RuntimeException e) {
            log.error("order {} cannot be mended, will be tried again", order.taskId(), e);
        }
    }

    private void wakeAsleep(List<UUID> tasks) {
        int woken = recovery.wakeAsleep(tasks);
        if (woken > 0) {
            recovered.count(Recovered.Kind.ASLEEP, woken);
            log.warn("orders whose workflow rested though they should be at work, woken: {}", woken);
        }
    }

    /** What Temporal says; null if it does not answer, and then nobody is asked about for a while. */
    private @Nullable Seen ask(CheckDue order) {
        try {
            Seen seen = temporal.at(order);
            if (seen.loss() == null) {
                known = order;
            } else if (seen.loss() == Loss.UNKNOWN) {
                known = null;
            }
            // away: who knows with what memory it comes back
            if (away || seen.loss() == Loss.UNKNOWN) {
                lookAtAll.want();
            }
            away = false;
            return seen;
        } catch (StatusRuntimeException e) {
            log.info("Temporal tells nothing of workflows now: {}", e.getMessage());
            away = true;
            awayUntil = clock.millis() + AWAY_MS;
            return null;
        }
    }
}
