package dev.taskorder.activities.executor;

import dev.taskorder.activities.outbound.OutboundHttp;
import dev.taskorder.activities.outbound.OutboundHttp.Answer;
import dev.taskorder.activities.outbound.UrlGuard;
import dev.taskorder.activities.thread.OwnThreads;
import dev.taskorder.api.execution.ExecutionRequest;
import dev.taskorder.api.execution.ExecutionResult;
import dev.taskorder.api.execution.Executor;
import dev.taskorder.api.execution.Heartbeat;
import dev.taskorder.api.execution.ResultCodes;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Asks a URL once and compares. Whatever is not as expected, a refused address and a lost connection included, is a
 * SOFT_FAIL with its reason: the monitor did its work.
 */
final class SyntheticMonitorExecutor implements Executor, AutoCloseable {
    private final UrlGuard guard;
    private final ExecutorService exchanges = Executors.newCachedThreadPool(OwnThreads.daemons("taskorder-monitor"));

    SyntheticMonitorExecutor(UrlGuard guard) {
        this.guard = guard;
    }

    @Override
    public String name() {
        return "synthetic_monitor";
    }

    @Override
    public Set<String> taskTypes() {
        return Set.of("SYNTHETIC_MONITOR");
    }

    @Override
    public ExecutionResult execute(ExecutionRequest request, Heartbeat heartbeat) throws InterruptedException {
        List<String> faults = new ArrayList<>();
        MonitorCheck check = MonitorCheck.of(request.input(), faults);
        return faults.isEmpty() ? answered(check) : softFail(String.join("; ", faults));
    }

    @Override
    public void close() {
        exchanges.shutdownNow();
    }

    /** Name look-up and sockets hear no interrupt; this thread does, and takes the exchange down with it. */
    private ExecutionResult answered(MonitorCheck check) throws InterruptedException {
        AtomicReference<@Nullable OutboundHttp> exchange = new AtomicReference<>();
        Future<ExecutionResult> answer = exchanges.submit(() -> ask(check, exchange));
        try {
            return answer.get();
        } catch (InterruptedException e) {
            answer.cancel(true);
            OutboundHttp begun = exchange.get();
            if (begun != null) {
                begun.abort();
            }
            throw e;
        } catch (ExecutionException e) {
            throw new IllegalStateException("the exchange failed unexpectedly: " + e.getCause(), e);
        }
    }

    private ExecutionResult ask(MonitorCheck check, AtomicReference<@Nullable OutboundHttp> exchange) {
        UrlGuard.Verdict verdict = guard.check(check.url());
        if (!(verdict instanceof UrlGuard.Verdict.Allowed allowed)) {
            return softFail(((UrlGuard.Verdict.Refused) verdict).reason());
        }
        OutboundHttp http = new OutboundHttp(check.method(), allowed);
        exchange.set(http);
        if (Thread.currentThread().isInterrupted()) {
            return softFail("stopped before the request was sent");
        }
        try {
            return judged(check, http.exchange());
        } catch (IOException e) {
            return softFail("no answer: " + e.getMessage());
        }
    }

    private static ExecutionResult judged(MonitorCheck check, Answer answer) {
        Map<String, @Nullable Object> output = new LinkedHashMap<>();
        output.put("status", answer.status());
        output.put("latency_ms", answer.latencyMs());
        output.put("bytes", answer.body().length);
        if (answer.tlsExpiresAt() != null) {
            output.put("tls_expires_at", answer.tlsExpiresAt().toString());
        }
        String disappointment = check.disappointment(answer);
        return new ExecutionResult(
                disappointment == null ? ResultCodes.OK : ResultCodes.SOFT_FAIL,
                disappointment == null
                        ? "status " + answer.status() + " in " + answer.latencyMs() + " ms"
                        : disappointment,
                output,
                List.of(),
                List.of(),
                List.of());
    }

    private static ExecutionResult softFail(String why) {
        return ExecutionResult.of(ResultCodes.SOFT_FAIL, why);
    }
}
