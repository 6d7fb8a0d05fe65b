package dev.taskorder.starter.devserver;

import dev.taskorder.api.execution.ExecutionRequest;
import dev.taskorder.api.execution.ExecutionResult;
import dev.taskorder.api.execution.Executor;
import dev.taskorder.api.execution.Heartbeat;
import dev.taskorder.api.execution.Money;
import dev.taskorder.api.execution.ResultCodes;
import java.io.IOException;
import java.math.BigDecimal;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.springframework.core.env.Environment;

/** In an application that may be killed: has its work done by {@link Effects}, in the process of the test, and costs 0.25. */
final class EffectExecutor implements Executor {
    static final String TASK_TYPE = "EFFECT";
    static final String URL = "testing.effects";

    private static final List<Money> COSTS = List.of(new Money("outside", new BigDecimal("0.25")));

    private final HttpClient client = HttpClient.newHttpClient();
    private final URI url;

    EffectExecutor(Environment environment) {
        url = URI.create(environment.getRequiredProperty(URL));
    }

    @Override
    public String name() {
        return "effect";
    }

    @Override
    public Set<String> taskTypes() {
        return Set.of(TASK_TYPE);
    }

    @Override
    public ExecutionResult execute(ExecutionRequest request, Heartbeat heartbeat)
            throws IOException, InterruptedException {
        String work = "%s %s %s %s"
                .formatted(
                        request.attemptToken(),
                        request.taskId(),
                        request.attempt(),
                        request.input().get("ms"));
        HttpRequest call = HttpRequest.newBuilder(url)
                .POST(HttpRequest.BodyPublishers.ofString(work))
                .build();
        HttpResponse<String> done = client.send(call, HttpResponse.BodyHandlers.ofString());
        if (done.statusCode() != 200) {
            throw new IOException("answered " + done.statusCode());
        }
        boolean again =
                request.attempt() == 1 && Boolean.TRUE.equals(request.input().get("again"));
        return new ExecutionResult(
                again ? ResultCodes.RETRYABLE : ResultCodes.OK, "done", Map.of(), List.of(), COSTS, List.of());
    }
}
