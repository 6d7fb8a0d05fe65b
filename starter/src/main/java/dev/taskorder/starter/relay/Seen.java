package dev.taskorder.starter.relay;

/** Wakes whoever waits for events, when some were seen in this process. Like a commit's call, one that is lost costs time and nothing else. */
public final class Seen {
    private volatile Runnable listener = () -> {};

    /** Calls this from now on, on the relay's thread: it must cost next to nothing. */
    public void onEach(Runnable action) {
        listener = action;
    }

    void happened() {
        listener.run();
    }
}
