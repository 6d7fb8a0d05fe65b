package dev.taskorder.starter.isolation;

import dev.taskorder.starter.testing.Http;
import dev.taskorder.starter.testing.Http.Answer;
import java.util.HashMap;
import java.util.Map;
import java.util.function.UnaryOperator;
import tools.jackson.databind.JsonNode;

/** The cursors that a tenant was given, by the list that they go on with. */
final class Cursors {
    private final Http http;
    private final String[] caller;
    private final Belongings its;
    private final Map<String, String> given = new HashMap<>();

    Cursors(Http http, Belongings its, String... caller) {
        this.http = http;
        this.its = its;
        this.caller = caller;
    }

    String of(Question question) {
        return given.computeIfAbsent(question.path(), path -> {
            String cursor = of(http, question, caller, its::of);
            if (cursor.isEmpty()) {
                throw new AssertionError("there is no second page of " + path + ": let " + Planter.class.getName()
                        + " make two of them");
            }
            return cursor;
        });
    }

    /** Of the first page of this list, which has one item; empty if there is no second. */
    static String of(Http http, Question question, String[] caller, UnaryOperator<String> meaning) {
        Question first = new Question(question.operation(), question.path(), "limit=1", Map.of(), "");
        Answer page = first.ask(http, caller, meaning).answer();
        if (page.status() != 200) {
            return "";
        }
        JsonNode next = page.json().path("next_cursor");
        return next.isNull() ? "" : next.asString();
    }
}
