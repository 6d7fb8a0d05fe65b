package dev.taskorder.starter.startup;

import org.jspecify.annotations.Nullable;

/** The application will not start and a person can mend it: the message says what is wrong, the action what to do. */
public final class StartRefusedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final String action;

    public StartRefusedException(String problem, String action) {
        super(problem);
        this.action = action;
    }

    public StartRefusedException(String problem, String action, @Nullable Throwable cause) {
        super(problem, cause);
        this.action = action;
    }

    String action() {
        return action;
    }
}
