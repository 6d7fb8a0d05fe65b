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
        Outcomes.Kind kind = tenants.call(start.tenant(), () -> outcomeOf(start));
        outcomes.start(kind, start);
        return kind != Outcomes.Kind.START_FAILED;
    }

    /** Logs while the tenant is bound, so that the line says whose order it is. */
    private Outcomes.Kind outcomeOf(StartDue start) {
        try {
            return starter.start(start) == OrderStarter.Started.CLOSED
                    ? Outcomes.Kind.START_CLOSED
                    : Outcomes.Kind.STARTED;
        } catch (RuntimeException e) {
            failed(e, "start", start.taskId());
            return Outcomes.Kind.START_FAILED;
        }
    }

    /** Sends one order's signals in their order; after one that failed the rest is not tried. */
    boolean signal(TenantId tenant, List<SignalDue> ofOneOrder) {
        boolean well = true;
        for (SignalDue signal : ofOneOrder) {
            Outcomes.Kind kind = well ? tenants.call(tenant, () -> outcomeOf(signal)) : Outcomes.Kind.SIGNAL_FAILED;
            outcomes.signal(kind, tenant, signal.outboxId());
            well = kind != Outcomes.Kind.SIGNAL_FAILED;
        }
        return well;
    }

    private Outcomes.Kind outcomeOf(SignalDue signal) {
        try {
            return signaller.send(signal) ? Outcomes.Kind.SIGNALLED : Outcomes.Kind.UNDELIVERED;
        } catch (RuntimeException e) {
            failed(e, "signal", signal.taskId());
            return Outcomes.Kind.SIGNAL_FAILED;
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
