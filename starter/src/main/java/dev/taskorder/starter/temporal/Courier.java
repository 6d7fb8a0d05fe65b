package dev.taskorder.starter.temporal;

import dev.taskorder.activities.dispatch.SignalDue;
import dev.taskorder.activities.dispatch.StartDue;
import dev.taskorder.api.tenant.TenantId;
import dev.taskorder.starter.tenant.BackgroundRunner;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Carries one claim to Temporal, for its tenant, and notes what became of it; never fails. */
final class Courier {
    private static final Logger log = LoggerFactory.getLogger(Courier.class);

    private final OrderStarter starter;
    private final OrderSignaller signaller;
    private final BackgroundRunner tenants;
    private final TemporalGate gate;
    private final Outcomes outcomes;

    Courier(
            OrderStarter starter,
            OrderSignaller signaller,
            BackgroundRunner tenants,
            TemporalGate gate,
            Outcomes outcomes) {
        this.starter = starter;
        this.signaller = signaller;
        this.tenants = tenants;
        this.gate = gate;
        this.outcomes = outcomes;
    }

    /** Whether Temporal knows the run now. */
    boolean start(StartDue start) {
        try {
            OrderStarter.Started started = tenants.call(start.tenant(), () -> starter.start(start));
            outcomes.start(
                    started == OrderStarter.Started.CLOSED ? Outcomes.Kind.START_CLOSED : Outcomes.Kind.STARTED, start);
            return true;
        } catch (RuntimeException e) {
            failed(e, "start", start.taskId());
            outcomes.start(Outcomes.Kind.START_FAILED, start);
            return false;
        }
    }

    /** Sends one order's signals in their order; after one that failed the rest is not tried. */
    boolean signal(TenantId tenant, List<SignalDue> ofOneOrder) {
        boolean well = true;
        for (SignalDue signal : ofOneOrder) {
            well = well && sent(tenant, signal);
            outcomes.signal(well ? Outcomes.Kind.SIGNALLED : Outcomes.Kind.SIGNAL_FAILED, tenant, signal.outboxId());
        }
        return well;
    }

    private boolean sent(TenantId tenant, SignalDue signal) {
        try {
            tenants.run(tenant, () -> signaller.send(signal));
            return true;
        } catch (RuntimeException e) {
            failed(e, "signal", signal.taskId());
            return false;
        }
    }

    private void failed(RuntimeException e, String what, Object task) {
        if (Calls.isAway(e)) {
            gate.away(e);
            log.debug("{} not sent, Temporal is away task={}", what, task, e);
        } else {
            log.error("{} refused by Temporal, will be tried again task={}", what, task, e);
        }
    }
}
