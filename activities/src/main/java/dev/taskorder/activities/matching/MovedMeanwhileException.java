package dev.taskorder.activities.matching;

import org.springframework.dao.OptimisticLockingFailureException;

/**
 * What a look decided by was taken between its read and its write: a budget was spent of, or matchers of other envs gave places
 * among the running orders away. Another look decides anew.
 */
final class MovedMeanwhileException extends OptimisticLockingFailureException {
    private static final long serialVersionUID = 1L;

    MovedMeanwhileException(String what) {
        super(what);
    }
}
