package dev.taskorder.activities.executor;

import dev.taskorder.api.execution.ExecutionRequest;
import dev.taskorder.api.execution.ExecutionResult;
import dev.taskorder.api.execution.Executor;
import dev.taskorder.api.execution.Heartbeat;
import dev.taskorder.api.execution.LeaseOutcome;
import dev.taskorder.api.execution.LeasedAsset;
import dev.taskorder.api.execution.ResultCodes;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Does what {@code input.simulate} says, so that anything can be rehearsed; nothing outside is touched. */
final class SimulatedExecutor implements Executor {
    static final String NAME = "simulated";

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Set<String> taskTypes() {
        return Set.of("SIMULATED");
    }

    @Override
    public ExecutionResult execute(ExecutionRequest request, Heartbeat heartbeat) {
        List<String> faults = new ArrayList<>();
        Simulation simulation = Simulation.of(request.input(), request.attempt(), faults);
        List<LeaseOutcome> outcomes = outcomesOf(simulation, request.leases(), faults);
        if (!faults.isEmpty()) {
            return ExecutionResult.of(ResultCodes.HARD_FAIL, "simulated: " + String.join("; ", faults));
        }
        long elapsedMs = new Run(simulation, heartbeat).untilDoneOrStopped();
        if (elapsedMs < simulation.durationMs()) {
            return new ExecutionResult(
                    ResultCodes.CANCELLED,
                    "simulated: stopped when asked to",
                    Map.of(),
                    List.of(),
                    simulation.costsAfter(elapsedMs),
                    List.of());
        }
        if (simulation.thrown() != null) {
            throw new IllegalStateException(simulation.thrown());
        }
        return new ExecutionResult(
                simulation.resultCode(),
                messageOf(simulation),
                simulation.output(),
                outcomes,
                simulation.costs(),
                simulation.revenue());
    }

    private static String messageOf(Simulation simulation) {
        String message = simulation.resultMessage();
        return message == null ? "simulated: " + simulation.resultCode() : message;
    }

    private static List<LeaseOutcome> outcomesOf(Simulation simulation, List<LeasedAsset> leases, List<String> faults) {
        List<LeaseOutcome> all = new ArrayList<>();
        for (Simulation.Outcome outcome : simulation.outcomes()) {
            List<LeasedAsset> named = leases.stream()
                    .filter(lease -> lease.hintIndex() == outcome.hintIndex())
                    .toList();
            if (named.isEmpty()) {
                faults.add("simulate.lease_outcomes names hint_index " + outcome.hintIndex() + ", which has no lease");
            }
            named.forEach(lease -> all.add(new LeaseOutcome(lease.leaseId(), outcome.eventType(), outcome.payload())));
        }
        return all;
    }

    /** The passing of the simulated time. */
    private static final class Run {
        private final Simulation simulation;
        private final Heartbeat heartbeat;
        private final long begun = System.nanoTime();

        Run(Simulation simulation, Heartbeat heartbeat) {
            this.simulation = simulation;
            this.heartbeat = heartbeat;
        }

        /** How many milliseconds it ran: the duration, or less if it was asked to stop and does listen. */
        long untilDoneOrStopped() {
            long elapsed = 0;
            long beats = 1;
            while (elapsed < simulation.durationMs()) {
                long nextBeat = beats * simulation.heartbeatMs();
                boolean interrupted = waitUntil(Math.min(nextBeat, simulation.durationMs()));
                elapsed = elapsed();
                if (!simulation.ignoreCancel() && (interrupted || heartbeat.cancelled())) {
                    return Math.min(elapsed, simulation.durationMs() - 1);
                }
                if (elapsed >= nextBeat && elapsed < simulation.durationMs()) {
                    heartbeat.report(progressAfter(elapsed), simulation.costsAfter(elapsed));
                    beats = elapsed / simulation.heartbeatMs() + 1;
                }
            }
            return elapsed;
        }

        private boolean waitUntil(long elapsedMs) {
            long leftMs = elapsedMs - elapsed();
            try {
                if (leftMs > 0) {
                    TimeUnit.MILLISECONDS.sleep(leftMs);
                }
                return false;
            } catch (InterruptedException e) {
                // Taken, not restored: a simulation that ignores its cancel must be able to go on waiting.
                return true;
            }
        }

        private long elapsed() {
            return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begun);
        }

        private Map<String, @Nullable Object> progressAfter(long elapsed) {
            Map<String, @Nullable Object> progress = new LinkedHashMap<>();
            progress.put("simulated", true);
            progress.put("elapsed_ms", elapsed);
            progress.put("percent", 100 * elapsed / simulation.durationMs());
            return progress;
        }
    }
}
