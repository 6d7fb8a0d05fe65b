package dev.taskorder.starter.offenders;

import java.time.Clock;

/** Breaks a rule: its clock is not one that a test could give it. */
public final class HasTheMachinesClock {
    Clock clock() {
        return Clock.systemDefaultZone();
    }
}
