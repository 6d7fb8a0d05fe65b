package dev.taskorder.starter.web;

import dev.taskorder.starter.problem.Problem;
import dev.taskorder.starter.problem.Problem.FieldError;
import dev.taskorder.starter.problem.ProblemCode;
import dev.taskorder.starter.problem.ProblemException;
import java.util.ArrayList;
import java.util.List;

/** Everything that is wrong with one request, gathered before it is refused. */
public final class Violations {
    /** More would only make the answer larger than the request. */
    private static final int SHOWN_MAX = 100;

    private final List<FieldError> errors = new ArrayList<>();
    private int count;

    /** Notes one more; reading goes on. */
    public void add(String pointer, String message) {
        count++;
        if (errors.size() < SHOWN_MAX) {
            errors.add(new FieldError(pointer, message));
        }
    }

    boolean isFull() {
        return count > SHOWN_MAX;
    }

    /**
     * Ends the request unless nothing was noted.
     *
     * @throws ProblemException {@code invalid_request}, with all that was noted
     */
    public void refuseIfAny() {
        if (count > 0) {
            throw new ProblemException(Problem.of(ProblemCode.INVALID_REQUEST, detail(), errors));
        }
    }

    private String detail() {
        FieldError first = errors.get(0);
        String where = first.pointer().isEmpty() ? "the body" : first.pointer();
        String more = count == 1 ? "" : " (and " + (count - 1) + " more)";
        return where + " " + first.message() + more;
    }
}
