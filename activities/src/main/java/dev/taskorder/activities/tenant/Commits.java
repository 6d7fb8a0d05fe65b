package dev.taskorder.activities.tenant;

/**
 * Wakes whoever looks for what was just committed in this process. It says neither what nor whose: what is not told here is found
 * by the next look, so a lost call costs time and nothing else.
 */
public final class Commits {
    private volatile Runnable listener = () -> {};

    /** Calls this after each commit for a tenant from now on, on the thread that committed: it must cost next to nothing. */
    public void onEach(Runnable action) {
        listener = action;
    }

    void happened() {
        listener.run();
    }
}
