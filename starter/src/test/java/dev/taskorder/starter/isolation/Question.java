package dev.taskorder.starter.isolation;

import dev.taskorder.starter.testing.Http;
import dev.taskorder.starter.testing.Http.Answer;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A request as it is to be sent, before its names are filled. */
record Question(Operation operation, String path, String query, Map<String, String> headers, String body) {
    /** What was sent: which value for which name. */
    record Asked(String what, Map<String, String> values, Answer answer) {}

    /** Once with each of its bodies, and nothing in the query. */
    static List<Question> of(Operation operation) {
        String path = operation
                .path()
                .replaceAll("/([a-z-]+)/\\{id}", "/$1/{$1/id}")
                .replace("/{task_id}/redrive", "/{dead_letter}/redrive");
        Map<String, String> headers = new LinkedHashMap<>();
        operation.headers().forEach(name -> {
            String value = Templates.header(operation, name);
            if (!value.isEmpty()) {
                headers.put(name, value);
            }
        });
        headers.put("Accept", operation.accept() + ", application/problem+json");
        Stream<String> always = path.startsWith("/v1/budgets")
                ? Stream.of("env") // each has budgets of its own
                : operation.needed().stream();
        String query = always.map(name -> name + "=" + Templates.query(operation, name))
                .collect(Collectors.joining("&"));
        return Templates.bodies(operation).stream()
                .map(body -> new Question(operation, path, query, headers, body))
                .toList();
    }

    /** The same, with this in the query. */
    Question with(String parameter) {
        return with(parameter, Templates.query(operation, parameter));
    }

    Question with(String parameter, String value) {
        boolean isThere = query.startsWith(parameter + "=") || query.contains("&" + parameter + "=");
        String more = query.isEmpty() ? "" : query + "&";
        return new Question(operation, path, isThere ? query : more + parameter + "=" + value, headers, body);
    }

    /** The names that are to be filled. */
    Set<String> names() {
        Set<String> names = new LinkedHashSet<>(Templates.names(path + "?" + query + body));
        headers.values().forEach(value -> names.addAll(Templates.names(value)));
        return names;
    }

    /** Each name means one thing wherever it stands in the request. */
    Asked ask(Http http, String[] caller, UnaryOperator<String> meaning) {
        Map<String, String> values = new LinkedHashMap<>();
        names().forEach(name -> values.put(name, meaning.apply(name)));
        List<String> sent = new ArrayList<>(List.of(caller));
        headers.forEach((name, value) -> {
            sent.add(name);
            sent.add(filled(value, values, false));
        });
        String address = filled(path, values, true) + (query.isEmpty() ? "" : "?" + filled(query, values, true));
        Answer answer = http.send(
                operation.method(),
                address,
                filled(body, values, false).getBytes(StandardCharsets.UTF_8),
                sent.toArray(String[]::new));
        return new Asked(operation + " as " + address + " " + filled(body, values, false), values, answer);
    }

    private static String filled(String text, Map<String, String> values, boolean inAddress) {
        String filled = text;
        for (Map.Entry<String, String> value : values.entrySet()) {
            filled = filled.replace(
                    "{" + value.getKey() + "}",
                    inAddress ? URLEncoder.encode(value.getValue(), StandardCharsets.UTF_8) : value.getValue());
        }
        return filled;
    }
}
