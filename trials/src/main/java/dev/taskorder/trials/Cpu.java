package dev.taskorder.trials;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Who has used the processors, in seconds since each began. Unlike the time on the wall, it hardly changes when somebody
 * else works on the same machine.
 *
 * @param others what processes that are not the trial's have used, from {@code /proc/stat}
 */
record Cpu(double application, double postgres, double temporal, double trial, double others) {
    private static final double TICKS_PER_SECOND = 100;
    /** user, nice, system, then idle and iowait, then irq, softirq, steal. */
    private static final int IDLE = 3;

    private static final int IOWAIT = 4;
    private static final int STEAL = 7;

    static Cpu usedSoFar(Application application) throws IOException {
        double postgres = 0;
        double temporal = 0;
        try (Stream<ProcessHandle> descendants = application.process().descendants()) {
            for (ProcessHandle process : descendants.toList()) {
                boolean isTemporal = process.info()
                        .command()
                        .filter(name -> name.endsWith("temporal"))
                        .isPresent();
                temporal += isTemporal ? seconds(process) : 0;
                postgres += isTemporal ? 0 : seconds(process);
            }
        }
        double app = seconds(application.process());
        double trial = seconds(ProcessHandle.current());
        return new Cpu(app, postgres, temporal, trial, busyMachine() - app - postgres - temporal - trial);
    }

    Cpu since(Cpu before) {
        return new Cpu(
                application - before.application,
                postgres - before.postgres,
                temporal - before.temporal,
                trial - before.trial,
                Math.max(0, others - before.others));
    }

    /** Of the application with its servers, and of the trial, whose workers and callers take part. */
    double ours() {
        return application + postgres + temporal + trial;
    }

    Map<String, Double> asMillisEach(int count) {
        return named(1000.0 / count);
    }

    /** How many processors each kept busy, on the mean. */
    Map<String, Double> asCores(double seconds) {
        Map<String, Double> cores = named(1 / seconds);
        cores.put("others", others / seconds);
        return cores;
    }

    private Map<String, Double> named(double factor) {
        Map<String, Double> named = new LinkedHashMap<>();
        named.put("application", application * factor);
        named.put("postgres", postgres * factor);
        named.put("temporal", temporal * factor);
        named.put("trial", trial * factor);
        return named;
    }

    private static double seconds(ProcessHandle process) {
        return process.info().totalCpuDuration().map(Duration::toNanos).orElse(0L) / 1e9;
    }

    private static double busyMachine() throws IOException {
        try (Stream<String> lines = Files.lines(Path.of("/proc/stat"))) {
            long[] ticks = Arrays.stream(
                            lines.findFirst().orElse("cpu 0 0 0 0 0 0 0 0").split("\\s+"))
                    .skip(1)
                    .mapToLong(Long::parseLong)
                    .toArray();
            long busy = 0;
            for (int field = 0; field <= STEAL; field++) {
                busy += field == IDLE || field == IOWAIT ? 0 : ticks[field];
            }
            return busy / TICKS_PER_SECOND;
        }
    }
}
