package dev.taskorder.starter.relay;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Wakes whoever waits for events, when some were seen in this process. Like a commit's call, one that is lost costs time and nothing else. */
public final class Seen {
    private final List<Runnable> listeners = new CopyOnWriteArrayList<>();

    /** Calls this from now on, on the relay's thread: it must cost next to nothing. */
    public void onEach(Runnable action) {
        listeners.add(action);
    }

    void happened() {
        listeners.forEach(Runnable::run);
    }
}
