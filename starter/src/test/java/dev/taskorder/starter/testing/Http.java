package dev.taskorder.starter.testing;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A caller over HTTP, of one tenant. */
public final class Http {
    private static final HttpClient CLIENT = HttpClient.newHttpClient();
    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .build();

    private final int port;
    private final String tenant;
    private final String[] always;

    /** Of a tenant that is named; of none if it is empty. Each request has these headers, pairs of name and value. */
    public Http(int port, String tenant, String... always) {
        this.port = port;
        this.tenant = tenant;
        this.always = always;
    }

    /** A text as JSON, its numbers to their last digit. */
    public static JsonNode json(String text) {
        return JSON.readTree(text);
    }

    /** An answer; the body is read as JSON when there is one. */
    public record Answer(int status, HttpResponse<byte[]> response) {
        public JsonNode json() {
            return JSON.readTree(response.body());
        }

        public String text() {
            return new String(response.body(), StandardCharsets.UTF_8);
        }

        public Optional<String> header(String name) {
            return response.headers().firstValue(name);
        }

        public String code() {
            return json().path("code").asString("");
        }

        /** The pointers of a problem's errors. */
        public List<String> pointers() {
            List<String> pointers = new ArrayList<>();
            json().path("errors")
                    .forEach(error -> pointers.add(error.path("pointer").asString()));
            return pointers;
        }
    }

    public Answer get(String path, String... headers) {
        return send("GET", path, new byte[0], headers);
    }

    public Answer post(String path, String json, String... headers) {
        return send("POST", path, json.getBytes(StandardCharsets.UTF_8), headers);
    }

    public Answer put(String path, String json, String... headers) {
        return send("PUT", path, json.getBytes(StandardCharsets.UTF_8), headers);
    }

    /** A post whose length no header tells: it comes in chunks. */
    public Answer postInChunks(String path, String json) {
        byte[] body = json.getBytes(StandardCharsets.UTF_8);
        return send("POST", path, HttpRequest.BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(body)));
    }

    /** Headers come in pairs of name and value; Content-Type is JSON unless one of them says otherwise. */
    public Answer send(String method, String path, byte[] body, String... headers) {
        return send(
                method,
                path,
                body.length == 0 ? HttpRequest.BodyPublishers.noBody() : HttpRequest.BodyPublishers.ofByteArray(body),
                headers);
    }

    private Answer send(String method, String path, HttpRequest.BodyPublisher body, String... headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                .timeout(Duration.ofSeconds(30))
                .method(method, body)
                .setHeader("Content-Type", "application/json");
        if (!tenant.isEmpty()) {
            request.setHeader("tenant", tenant);
        }
        setAll(request, always);
        setAll(request, headers);
        try {
            HttpResponse<byte[]> response = CLIENT.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
            return new Answer(response.statusCode(), response);
        } catch (IOException e) {
            throw new IllegalStateException(method + " " + path, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private static void setAll(HttpRequest.Builder request, String[] headers) {
        for (int i = 0; i < headers.length; i += 2) {
            request.setHeader(headers[i], headers[i + 1]);
        }
    }
}
