package dev.taskorder.starter.isolation;

import dev.taskorder.api.principal.Role;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import tools.jackson.databind.JsonNode;

/**
 * One thing that can be asked for, as the document tells it.
 *
 * @param path with its parameters in braces; one that takes few words has each of them written out in an operation of its own
 * @param accept the media type that is asked for
 * @param queries its parameters in the query, each with one of the words that it may be; empty for one that takes any
 * @param needed those of them that have to be there
 * @param body the name of its body's schema, else of the operation; empty if it takes none
 */
record Operation(
        String method,
        String path,
        String accept,
        Role least,
        Map<String, String> queries,
        Set<String> needed,
        Set<String> headers,
        String body) {
    private static final Set<String> VERBS =
            Set.of("get", "put", "post", "patch", "delete", "head", "options", "trace");
    private static final String SCHEMAS = "#/components/schemas/";

    static List<Operation> allOf(JsonNode document) {
        List<Operation> all = new ArrayList<>();
        document.path("paths").properties().forEach(path -> path.getValue().properties().stream()
                .filter(call -> VERBS.contains(call.getKey()))
                .forEach(call -> {
                    JsonNode told = call.getValue();
                    for (String written : written(document, path.getKey(), told)) {
                        for (String accept : accepted(told)) {
                            all.add(of(document, call.getKey(), written, accept, told));
                        }
                    }
                }));
        return all;
    }

    boolean isReading() {
        return method.equals("GET");
    }

    /** Whether it is about all tenants, and so about none. */
    boolean isOfAllTenants() {
        return path.equals("/v1/tenants") || path.equals("/v1/control");
    }

    /** What comes in pages; what is asked for otherwise is all of it. */
    boolean hasPages() {
        return accept.equals("application/json");
    }

    private static Operation of(JsonNode document, String verb, String path, String accept, JsonNode told) {
        Map<String, String> queries = new TreeMap<>();
        Set<String> needed = new TreeSet<>();
        Set<String> headers = new TreeSet<>();
        told.path("parameters").forEach(named -> {
            JsonNode parameter = resolved(document, named);
            String name = parameter.path("name").asString();
            switch (parameter.path("in").asString()) {
                case "query" -> {
                    queries.put(name, word(document, parameter));
                    if (parameter.path("required").asBoolean()) {
                        needed.add(name);
                    }
                }
                case "header" -> headers.add(name);
                case "path" -> {}
                default -> throw new IllegalStateException("what is this? " + parameter);
            }
        });
        Role least = Role.of(told.path("x-minimum-role").asString()).orElseThrow();
        return new Operation(verb.toUpperCase(Locale.ROOT), path, accept, least, queries, needed, headers, body(told));
    }

    private static String word(JsonNode document, JsonNode parameter) {
        JsonNode schema = resolved(document, parameter.path("schema"));
        JsonNode words = resolved(document, schema.has("items") ? schema.path("items") : schema)
                .path("enum");
        return words.isEmpty() ? "" : words.get(0).asString();
    }

    private static String body(JsonNode told) {
        JsonNode content = told.path("requestBody").path("content");
        if (content.isMissingNode()) {
            return "";
        }
        String schema = content.at("/application~1json/schema/$ref").asString("");
        return schema.startsWith(SCHEMAS)
                ? schema.substring(SCHEMAS.length())
                : told.path("operationId").asString();
    }

    /** The path, once for each word that a parameter of it may be. */
    private static List<String> written(JsonNode document, String path, JsonNode told) {
        List<String> paths = List.of(path);
        for (JsonNode named : told.path("parameters")) {
            JsonNode parameter = resolved(document, named);
            JsonNode words = resolved(document, parameter.path("schema")).path("enum");
            if (parameter.path("in").asString().equals("path") && !words.isEmpty()) {
                List<String> more = new ArrayList<>();
                for (String so : paths) {
                    words.forEach(word ->
                            more.add(so.replace("{" + parameter.path("name").asString() + "}", word.asString())));
                }
                paths = more;
            }
        }
        return paths;
    }

    /** A stream does not end, so its answer cannot be compared: who may read one, EventStreamTest says. */
    private static Set<String> accepted(JsonNode told) {
        Set<String> types = new TreeSet<>(told.at("/responses/200/content").propertyNames());
        types.remove("text/event-stream");
        return types.isEmpty() ? Set.of("application/json") : types;
    }

    private static JsonNode resolved(JsonNode document, JsonNode named) {
        return named.has("$ref") ? document.at(named.path("$ref").asString().substring(1)) : named;
    }

    @Override
    public String toString() {
        return method + " " + path + (accept.equals("application/json") ? "" : " as " + accept);
    }
}
