package dev.taskorder.starter.startup;

import dev.taskorder.activities.thread.OwnThreads;
import org.springframework.boot.SpringBootExceptionReporter;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;

/** Whether this process has been asked to end: what fails from then on fails because of that, and nobody need be told. */
@Order(Ordered.HIGHEST_PRECEDENCE)
public final class Stopping implements SpringBootExceptionReporter {
    /** True from the first moment of a Ctrl-C, a SIGTERM or an exit; never false again. */
    public static boolean isAsked() {
        Thread neverStarted = OwnThreads.none();
        try {
            // the only thing that the JVM lets on, and it does from the beginning
            Runtime.getRuntime().addShutdownHook(neverStarted);
            Runtime.getRuntime().removeShutdownHook(neverStarted);
            return false;
        } catch (IllegalStateException stopping) {
            return true;
        }
    }

    /** Counts a start that was stopped as reported. */
    @Override
    public boolean reportException(Throwable failure) {
        return isAsked();
    }
}
