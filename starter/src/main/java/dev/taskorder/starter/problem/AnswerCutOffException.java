package dev.taskorder.starter.problem;

/** Something failed when a part of the answer was sent already; there is no way back to a problem document. */
public final class AnswerCutOffException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public AnswerCutOffException(RuntimeException cause) {
        super("the answer ends in the middle: " + cause.getMessage(), cause);
    }
}
