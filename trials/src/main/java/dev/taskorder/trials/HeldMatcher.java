package dev.taskorder.trials;

import dev.taskorder.api.matching.MatchTrigger;
import java.util.UUID;

/**
 * The product's matcher behind its own door, which a trial can keep shut: what happens meanwhile leaves its marks, and
 * the trial then runs the matcher by itself, under its clock.
 */
final class HeldMatcher implements MatchTrigger {
    private final MatchTrigger matcher;
    private volatile boolean held;

    HeldMatcher(MatchTrigger matcher) {
        this.matcher = matcher;
    }

    void hold() {
        held = true;
    }

    void letGo() {
        held = false;
    }

    @Override
    public void mark(String env) {
        matcher.mark(env);
    }

    @Override
    public Looked runWithin(UUID taskId, String env) {
        if (held) {
            matcher.mark(env);
            return new Looked.NotAtAll();
        }
        return matcher.runWithin(taskId, env);
    }

    @Override
    public void run(String env) {
        if (!held) {
            matcher.run(env);
        }
    }

    @Override
    public void runFor(UUID taskId, String env) {
        if (!held) {
            matcher.runFor(taskId, env);
        }
    }
}
