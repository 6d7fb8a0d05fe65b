package dev.taskorder.starter.security;

import org.springframework.security.core.AuthenticationException;

/** Nobody could find out whether what a caller sent is good: who knows it does not answer. The caller may try again. */
final class UndecidedException extends AuthenticationException {
    private static final long serialVersionUID = 1L;

    private final RuntimeException why;

    UndecidedException(RuntimeException why) {
        super("undecided", why);
        this.why = why;
    }

    RuntimeException why() {
        return why;
    }
}
