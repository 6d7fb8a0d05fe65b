package dev.taskorder.starter.offenders;

import java.time.Instant;

/** Breaks a rule: no test can move its time. */
final class AsksTheWallClock {
    Instant when() {
        return Instant.now();
    }
}
