package dev.taskorder.starter.local;

import java.util.Optional;

/** A Temporal that was there before us: neither started nor stopped. */
record GivenTemporal(String target) implements LocalTemporal {
    @Override
    public Optional<String> uiUrl() {
        return Optional.empty();
    }

    @Override
    public String inWords() {
        return "Temporal " + target + " (as given)";
    }

    @Override
    public void start() {}

    @Override
    public void close() {}
}
