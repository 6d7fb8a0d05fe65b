package dev.taskorder.activities.loopb;

import dev.taskorder.activities.loopa.KnowsB;

/** The other half of a cycle between two features. */
public interface KnowsA {
    KnowsB other();
}
