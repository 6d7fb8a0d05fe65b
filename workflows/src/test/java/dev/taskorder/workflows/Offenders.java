package dev.taskorder.workflows;

import dev.taskorder.api.tenant.TenantContext;
import java.io.File;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.slf4j.LoggerFactory;

/** Each breaks one rule of {@link DeterminismTest}, to prove that the rule sees it. */
final class Offenders {
    private Offenders() {}

    static final class ReadsTheClock {
        Instant now() {
            return Instant.now();
        }
    }

    static final class RollsDice {
        int roll() {
            return new Random().nextInt();
        }
    }

    static final class ReadsTheEnvironment {
        String home() {
            return System.getenv("HOME");
        }
    }

    static final class LogsOnEveryReplay {
        Object logger() {
            return LoggerFactory.getLogger("x");
        }
    }

    static final class ReadsFiles {
        boolean exists() {
            return new File("x").exists();
        }
    }

    static final class WaitsByTheClockOnTheWall {
        TimeUnit unit() {
            return TimeUnit.SECONDS;
        }
    }

    static final class StartsThreads {
        void start() {
            new Thread(() -> {}).start();
        }
    }

    static final class StreamsInParallel {
        long count(List<String> values) {
            return values.parallelStream().count();
        }
    }

    static final class Locks {
        synchronized void lock() {}
    }

    static final class SharesState {
        static int runs;
    }

    static final class AsksTheThreadForTheTenant {
        Object tenant() {
            return TenantContext.current();
        }
    }

    static final class CatchesEverything {
        void run(Runnable work) {
            try {
                work.run();
            } catch (Throwable swallowed) {
                work.run();
            }
        }
    }
}
