package dev.taskorder.trials;

import java.nio.file.Path;
import java.util.List;

/**
 * Where things are, and how much to do.
 *
 * @param jar the application
 * @param tools programs that were installed before: PostgreSQL's, and {@code bin/temporal}
 * @param jvmFlags of the application, as {@code ./taskorder up} gives them
 * @param rounds adjacent pairs of each comparison
 * @param memoryOrders orders over which memory is watched
 * @param claims of slots that are too few, over which overselling is looked for
 */
record Setup(Path jar, Path tools, List<String> jvmFlags, int rounds, int memoryOrders, int claims) {
    static final int ROUNDS = 7;
    static final int MEMORY_ORDERS = 20_000;
    static final int CLAIMS = 50_000;

    Setup {
        jvmFlags = List.copyOf(jvmFlags);
    }
}
