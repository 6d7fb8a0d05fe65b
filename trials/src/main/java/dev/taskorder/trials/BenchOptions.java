package dev.taskorder.trials;

import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What was asked for.
 *
 * @param only the one trial to run; null for all
 * @param json where the figures are written to as well; null for nowhere
 */
record BenchOptions(
        Setup setup, @Nullable String only, @Nullable Path json) {
    /**
     * Reads the command line.
     *
     * @throws IllegalArgumentException if it cannot be understood, saying what can
     */
    static BenchOptions parse(String[] args, List<String> trials) {
        Path jar = Path.of("starter/target/taskorder.jar");
        Path tools = Path.of(".taskorder/tools");
        List<String> jvmFlags = List.of();
        Path json = null;
        String only = null;
        int rounds = Setup.ROUNDS;
        int memoryOrders = Setup.MEMORY_ORDERS;
        int claims = Setup.CLAIMS;
        for (int i = 0; i < args.length; i += 2) {
            String value = valueOf(args, i);
            switch (args[i]) {
                case "--jar" -> jar = Path.of(value);
                case "--tools" -> tools = Path.of(value);
                case "--jvm-flags" ->
                    jvmFlags =
                            value.isBlank() ? List.of() : List.of(value.strip().split("\\s+"));
                case "--json" -> json = Path.of(value);
                case "--only" -> only = known(value, trials);
                case "--rounds" -> rounds = atLeastOne(args[i], value);
                case "--memory-orders" -> memoryOrders = atLeastOne(args[i], value);
                case "--claims" -> claims = atLeastOne(args[i], value);
                default ->
                    throw new IllegalArgumentException("unknown option " + args[i]
                            + "; known are --only, --json, --rounds, --memory-orders, --claims and --jvm-flags");
            }
        }
        Path programs = tools.toAbsolutePath().normalize();
        Setup setup = new Setup(jar.toAbsolutePath(), programs, jvmFlags, rounds, memoryOrders, claims);
        return new BenchOptions(setup, only, json);
    }

    boolean wants(String trial) {
        return only == null || only.equals(trial);
    }

    private static String valueOf(String[] args, int at) {
        if (at + 1 == args.length) {
            throw new IllegalArgumentException(args[at] + " needs a value");
        }
        return args[at + 1];
    }

    private static String known(String trial, List<String> trials) {
        if (!trials.contains(trial)) {
            throw new IllegalArgumentException("no trial is called '" + trial + "'; there are " + trials);
        }
        return trial;
    }

    private static int atLeastOne(String option, String value) {
        int number = value.matches("\\d{1,9}") ? Integer.parseInt(value) : 0;
        if (number < 1) {
            throw new IllegalArgumentException(option + " must be a number from 1, was '" + value + "'");
        }
        return number;
    }
}
