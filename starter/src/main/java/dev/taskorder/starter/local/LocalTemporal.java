package dev.taskorder.starter.local;

import java.util.Optional;

/** The Temporal that local mode uses. */
interface LocalTemporal extends AutoCloseable {
    /** Where clients and workers connect to. */
    String target();

    /** Where a person can look at it; empty if it has no Web UI. */
    Optional<String> uiUrl();

    /** One phrase for the ready line. */
    String inWords();

    /** Returns when it takes calls; what it is asked for before that is refused and must be tried again. */
    void start() throws InterruptedException;

    @Override
    void close();
}
