package dev.taskorder.activities.budget;

/** Makes budgets turn: what waits for a new period is served in it. */
public interface BudgetTurns {
    /**
     * Notes for all budgets of the bound tenant whose period is over when the running one ends, however many were missed, and
     * lets the matcher look. Twice notes nothing more.
     */
    void turnDue();
}
