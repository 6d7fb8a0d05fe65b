package dev.taskorder.activities.dispatch;

import dev.taskorder.api.tenant.TenantId;
import java.util.List;

/**
 * Orders whose run Temporal has not been told of, and signals not yet sent. A claim hides a row from every other
 * dispatcher for {@link #CLAIM_SECONDS}; a process that dies with a claim only delays it. All but {@link #tenantsDue}
 * need a bound tenant and work in one transaction of it.
 */
public interface DispatchQueue {
    /** How long a claim holds; whoever claims must have told the outcome by then, or another may repeat the work. */
    int CLAIM_SECONDS = 10;

    /** Every tenant with something that can be claimed now, in no order; the only call without a bound tenant. */
    List<TenantId> tenantsDue();

    /** Claims the most urgent orders that are not over and not started: (priority desc, created_at, task_id). */
    List<StartDue> claimStarts(int max);

    /**
     * Temporal knows these runs: {@code started_run_no} becomes the run that was started, unless it is larger. This and
     * the next two skip an order whose row somebody holds: its claim runs out, and the same start is repeated.
     */
    void started(List<StartDue> starts);

    /** Temporal knows these runs and they are closed, though the order is open: it needs a run with a new number. */
    void startedButClosed(List<StartDue> starts);

    /** Gives the claims back, to be claimed again after a back-off of at most some seconds that grows with each time. */
    void startFailed(List<StartDue> starts);

    /**
     * Claims signals, oldest first; of one order only when no earlier signal of it is claimed by someone else. One that
     * cannot be read is answered as a wake.
     */
    List<SignalDue> claimSignals(int max);

    /** Forgets signals that were sent. */
    void signalled(List<Long> outboxIds);

    /** Forgets signals that nobody is there to receive, and has their orders' workflows looked up where one should be. */
    void undelivered(List<Long> outboxIds);

    /** Gives the claims back, like {@link #startFailed}. */
    void signalFailed(List<Long> outboxIds);
}
