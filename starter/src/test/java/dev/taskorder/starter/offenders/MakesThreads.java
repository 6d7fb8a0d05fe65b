package dev.taskorder.starter.offenders;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledThreadPoolExecutor;

/** Each breaks a rule: a thread of its own that nobody knows of. */
public final class MakesThreads {
    private MakesThreads() {}

    public static final class Bare {
        void begin() {
            new Thread(() -> {}).start();
        }
    }

    public static final class Pool {
        void begin() {
            Executors.newCachedThreadPool().execute(() -> {});
        }
    }

    public static final class Clock {
        void begin() {
            new ScheduledThreadPoolExecutor(1).execute(() -> {});
        }
    }

    public static final class Borrowed {
        void begin() {
            var unused = CompletableFuture.runAsync(() -> {});
        }
    }

    public static final class Side {
        void begin() {
            List.of(1).parallelStream().forEach(one -> {});
        }
    }
}
