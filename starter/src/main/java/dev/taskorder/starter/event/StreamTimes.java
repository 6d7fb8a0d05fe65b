package dev.taskorder.starter.event;

import java.time.Duration;

/**
 * How streams are kept alive.
 *
 * @param commentEvery each has a comment at least so often, and whoever reads it is asked for again
 * @param stalledMax a reader that takes nothing of what waits for it for so long is dropped
 */
record StreamTimes(Duration commentEvery, Duration stalledMax) {
    static final StreamTimes USUAL = new StreamTimes(Duration.ofSeconds(15), Duration.ofSeconds(15));
}
