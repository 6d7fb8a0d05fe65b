package dev.taskorder.activities.asset;

/** The ends of cool-downs that nobody in this process waits for. */
public interface CoolDowns {
    /**
     * Makes the bound tenant's assets AVAILABLE whose cool-down is over, each with its event, and lets the matcher look.
     * Twice does nothing more. A row that somebody holds is left to the next call.
     */
    void endDue();
}
