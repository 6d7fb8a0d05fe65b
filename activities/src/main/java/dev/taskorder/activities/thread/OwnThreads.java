package dev.taskorder.activities.thread;

import java.util.concurrent.ThreadFactory;

/**
 * The one place that makes threads, so that whoever begins work which no request and no workflow brings along is found by
 * who asks here. None of them has a tenant: what one does for a tenant goes through the background runner.
 */
public final class OwnThreads {
    private OwnThreads() {}

    /** Not started yet; the process does not end before its work has. */
    public static Thread lasting(String name, Runnable work) {
        return new Thread(work, name);
    }

    /** Not started yet; the process ends without asking it. */
    public static Thread daemon(String name, Runnable work) {
        Thread thread = lasting(name, work);
        thread.setDaemon(true);
        return thread;
    }

    /** For a pool: daemons of this name. */
    public static ThreadFactory daemons(String name) {
        return work -> daemon(name, work);
    }

    /** One that never runs, where there must be one. */
    public static Thread none() {
        return daemon("never-started", () -> {});
    }
}
