package dev.taskorder.starter.testing;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.logging.LogFile;
import org.springframework.boot.logging.LoggingInitializationContext;
import org.springframework.boot.logging.logback.LogbackLoggingSystem;

/**
 * Logging that is set up once for all applications of the JVM, though several start at once. As Boot has it, one that pauses or ends
 * makes the next one set it up anew, and a test beside it that listens to lines would hear no more.
 */
public final class LastingLogging extends LogbackLoggingSystem {
    private static final Object ONE_AT_A_TIME = new Object();
    private static boolean begun;

    public LastingLogging(ClassLoader classes) {
        super(classes);
    }

    @Override
    public void beforeInitialize() {
        synchronized (ONE_AT_A_TIME) {
            if (!begun) {
                begun = true;
                super.beforeInitialize();
            }
        }
    }

    @Override
    public void initialize(
            LoggingInitializationContext context, @Nullable String configLocation, @Nullable LogFile logFile) {
        synchronized (ONE_AT_A_TIME) {
            super.initialize(context, configLocation, logFile);
        }
    }

    @Override
    public void cleanUp() {
        // it lasts
    }
}
