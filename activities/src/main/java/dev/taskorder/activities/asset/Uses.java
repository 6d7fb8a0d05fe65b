package dev.taskorder.activities.asset;

import org.jspecify.annotations.Nullable;

/**
 * How often an asset was used: by so many leases that an attempt began with.
 *
 * @param max after so many it retires; null means never
 */
record Uses(int count, @Nullable Integer max) {
    Uses {
        if (count < 0) {
            throw new IllegalArgumentException("count must be at least 0, was " + count);
        }
    }

    Uses plus(int leases) {
        return new Uses(count + leases, max);
    }

    boolean areUp() {
        return max != null && count >= max;
    }
}
