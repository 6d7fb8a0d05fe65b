package dev.taskorder.starter.problem;

/** Ends a request with a problem document. Carries no stack trace: it is an answer and not a fault. */
public final class ProblemException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient Problem problem;

    public ProblemException(Problem problem) {
        super(problem.code() + ": " + problem.detail(), null, false, false);
        this.problem = problem;
    }

    public ProblemException(ProblemCode code, String detail) {
        this(Problem.of(code, detail));
    }

    /** One part of the request is to blame; an empty pointer means the body as a whole. */
    public ProblemException(ProblemCode code, String pointer, String message) {
        this(Problem.of(code, pointer, message));
    }

    public Problem problem() {
        return problem;
    }
}
