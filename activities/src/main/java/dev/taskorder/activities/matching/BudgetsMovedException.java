package dev.taskorder.activities.matching;

import org.springframework.dao.OptimisticLockingFailureException;

/** A budget was spent of between the matcher's read and its write, and does not cover what was decided. Another look decides anew. */
final class BudgetsMovedException extends OptimisticLockingFailureException {
    private static final long serialVersionUID = 1L;

    BudgetsMovedException(String env) {
        super("the budgets of env " + env + " do not cover any more what was decided by them");
    }
}
