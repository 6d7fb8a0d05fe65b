package dev.taskorder.activities.maintenance;

import dev.taskorder.api.tenant.TenantId;
import java.util.List;

/** What is due, over all tenants by one question, and the chores of one tenant about its pool. */
public interface DueWork {
    /** All that is due now; one statement, whose cost grows with what is due and not with tenants or orders. */
    List<Due> look();

    /** What is due and not done yet. Needs no tenant bound. */
    Backlog backlog();

    /** Over all tenants, each counted up to a number. */
    record Backlog(int runsToStart, int signalsToSend, int workflowsToLookUp, int eventsUnseen, int operationsToGoOn) {
        /** Where counting stops, so that it costs little however much there is. */
        public static final int COUNTED_TO = 1000;
    }

    /**
     * Every tenant with an open order whose workflow was started, due for a look-up or not. Costs as much as there are
     * such orders. Needs no tenant bound.
     */
    List<TenantId> tenantsWithChecks();

    /**
     * Every tenant whose books were written to since they were last looked at, and those of {@link #tenantsWithChecks}. Costs
     * as much as there are marks and such orders: some per tenant at most. Needs no tenant bound.
     */
    List<TenantId> tenantsWhoseBooksMoved();

    /**
     * Ends leases of the bound tenant that are past their expiry, at most those of some hundred orders, and lets the
     * matcher look. Where an attempt is still at work their slots rest first. Twice ends nothing more.
     */
    void expireLeases();

    /** Wakes the slots of the bound tenant whose rest is over, and lets the matcher look. */
    void wakeRestedSlots();

    /**
     * Makes assets of the bound tenant AVAILABLE whose cool-down is over, for the process that began it did not, and lets
     * the matcher look.
     */
    void endCoolDowns();

    /** Makes budgets of the bound tenant turn whose period is over, and lets the matcher look. */
    void turnBudgets();

    /**
     * Cancels open orders of the bound tenant, as a caller would, if it is suspended or its time is up and its policy in force
     * says {@code on_suspend: cancel}.
     *
     * @param max how many at most
     * @return whether there may be more to cancel at once
     */
    boolean cancelOpenOrders(int max);

    /**
     * Removes a piece of what the bound tenant's policy keeps no longer: events that were seen, and large inputs and outputs of orders
     * that did not end as DEAD_LETTER. Nothing that a handler of events has still to be told of. When there is no more, the tenant is
     * due again in an hour to a day.
     *
     * @return whether there may be more to remove at once; false also while another process is at it
     */
    boolean cleanUp();
}
