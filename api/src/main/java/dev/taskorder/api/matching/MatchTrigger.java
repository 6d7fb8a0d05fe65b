package dev.taskorder.api.matching;

/** Asks for a match: whoever frees, admits or changes something that an order may wait for. */
public interface MatchTrigger {
    /** Leaves a mark in the caller's transaction: if the caller's process dies after its commit, the mark is found. */
    void mark(String env);

    /** Runs the matcher for the bound tenant after the caller's commit; returns when every mark it saw is served. */
    void run(String env);
}
