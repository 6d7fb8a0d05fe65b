package dev.taskorder.activities.loopa;

import dev.taskorder.activities.loopb.KnowsA;

/** One half of a cycle between two features. */
public interface KnowsB {
    KnowsA other();
}
