package dev.taskorder.activities.executor;

import dev.taskorder.activities.outbound.OutboundHttp.Answer;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What a monitor asks for and what it expects. */
record MonitorCheck(
        String url,
        String method,
        int expectStatus,
        @Nullable String expectBodyContains,
        @Nullable Long maxLatencyMs) {
    private static final Set<String> METHODS = Set.of("GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE");
    private static final int LATENCY_NONE = -1;

    /** Reads the input; the answer means something only if {@code faults} stays empty. */
    static MonitorCheck of(Map<String, @Nullable Object> input, List<String> faults) {
        Fields fields = Fields.of("input", input, faults);
        String url = fields.text("url");
        if (url == null) {
            fields.fault("url", "is required");
        }
        String method = fields.text("method");
        method = method == null ? "GET" : method.toUpperCase(Locale.ROOT);
        if (!METHODS.contains(method)) {
            fields.fault("method", "must be one of GET, HEAD, OPTIONS, POST, PUT, PATCH, DELETE");
        }
        int status = (int) fields.integer("expect_status", 100, 599, 200);
        String contains = fields.text("expect_body_contains");
        long latency = fields.integer("max_latency_ms", 0, Integer.MAX_VALUE, LATENCY_NONE);
        return new MonitorCheck(
                url == null ? "" : url, method, status, contains, latency == LATENCY_NONE ? null : latency);
    }

    /** What of the answer is not as expected, in words; null if all is. */
    @Nullable
    String disappointment(Answer answer) {
        if (answer.status() != expectStatus) {
            return "status is " + answer.status() + ", expected " + expectStatus;
        }
        if (expectBodyContains != null && !new String(answer.body(), answer.charset()).contains(expectBodyContains)) {
            return "body does not contain '" + expectBodyContains + "' in its first " + answer.body().length + " bytes";
        }
        if (maxLatencyMs != null && answer.latencyMs() > maxLatencyMs) {
            return "latency is " + answer.latencyMs() + " ms, expected at most " + maxLatencyMs;
        }
        return null;
    }
}
