package dev.taskorder.starter.isolation;

import dev.taskorder.api.principal.Role;
import dev.taskorder.starter.isolation.Question.Asked;
import dev.taskorder.starter.testing.Http;
import dev.taskorder.starter.testing.Http.Answer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;

/** Asks for everything as one caller, for its own, for another tenant's and for nobody's, and notes where that tells something. */
final class Matrix {
    /** It decides whose request it is, so that a body with another one is refused before the rest of it is looked at. */
    private static final String TENANT = "tenant_id";

    /** Reading first, then what changes what is there, then what makes new things of given names, which are one's own since. */
    private static final Comparator<Operation> LEAST_HARM_FIRST =
            Comparator.comparingInt(Matrix::harm).thenComparing(Operation::toString);

    private final Http http;
    private final List<Operation> operations;
    private final Belongings theirs;
    private final Cursors theirCursors;
    private final Sight sight;
    private final List<String> findings = new ArrayList<>();
    private int answers;

    /**
     * Somebody who asks.
     *
     * @param own whose things are its own
     * @param refusal the code of a refusal that it gets where its role would do; empty for none
     */
    record Caller(String name, Role role, Belongings own, String refusal, String... headers) {
        boolean isOperator() {
            return role == Role.OPERATOR;
        }

        String[] and(String header, String value) {
            List<String> all = new ArrayList<>(List.of(headers));
            all.add(header);
            all.add(value);
            return all.toArray(String[]::new);
        }
    }

    Matrix(Http http, List<Operation> operations, Belongings theirs, Cursors theirCursors, Sight sight) {
        this.http = http;
        this.operations = operations.stream().sorted(LEAST_HARM_FIRST).toList();
        this.theirs = theirs;
        this.theirCursors = theirCursors;
        this.sight = sight;
    }

    /** What was found so far, in words. */
    List<String> findings() {
        return findings;
    }

    int answers() {
        return answers;
    }

    /** Everything as somebody who is let in. */
    void askAs(Caller caller) {
        for (Operation operation : operations) {
            for (Question question : Question.of(operation)) {
                own(caller, question);
                for (String name : question.names()) {
                    compare(caller, question, name, Set.of(name));
                }
                Set<String> all = new LinkedHashSet<>(question.names());
                all.remove(TENANT);
                compare(caller, question, "all", all);
                if (!caller.isOperator()) {
                    // naming it is all that an operator needs
                    headers(caller, question, Set.of());
                    headers(caller, question, all);
                }
            }
            Question plain = Question.of(operation).get(0);
            for (String parameter : operation.queries().keySet()) {
                query(caller, plain.with(parameter));
            }
        }
    }

    /** Everything as somebody who is not let in: all answers are to be the first one. */
    String askInVain(String first, String who, String... headers) {
        String expected = first;
        for (Operation operation : operations) {
            for (Question question : Question.of(operation)) {
                List<Asked> all = new ArrayList<>(List.of(
                        seen(who, question.ask(http, headers, this::theirsOf)),
                        seen(who, question.ask(http, headers, this::missing))));
                for (String tenant : new String[] {theirs.tenant(), theirs.missing(TENANT)}) {
                    all.add(seen(who, question.ask(http, with(headers, tenant), this::theirsOf)));
                }
                for (Asked asked : all) {
                    // what was sent is to be in none of them, so that nothing is put in its place
                    String plain = Sight.plain(new Asked(asked.what(), Map.of(), asked.answer()));
                    expected = expected.isEmpty() ? plain : expected;
                    if (asked.answer().status() != 401 || !plain.equals(expected)) {
                        findings.add(who + ": " + asked.what() + " is not refused like the others: " + plain);
                    }
                }
            }
        }
        return expected;
    }

    private void own(Caller caller, Question question) {
        Asked asked = seen(caller.name(), question.ask(http, caller.headers(), caller.own()::ownOf));
        Answer answer = asked.answer();
        boolean may = caller.role().includes(question.operation().least());
        boolean asExpected = may
                ? answer.status() < 300
                        || !caller.refusal().isEmpty() && answer.code().equals(caller.refusal())
                : answer.code().equals("forbidden");
        if (!asExpected) {
            findings.add(caller.name() + ": " + asked.what() + " is its own, and it " + (may ? "may: " : "may not: ")
                    + Sight.plain(asked));
        }
    }

    private void query(Caller caller, Question question) {
        if (question.operation().hasPages()) {
            own(caller, question.names().contains("cursor") ? withOwnCursor(caller, question) : question);
        }
        for (String name : question.names()) {
            if (name.equals("cursor") && question.operation().isOfAllTenants()) {
                continue; // it is of no tenant
            }
            if (question.query().contains("{" + name + "}")) {
                compare(caller, question, "?" + name, Set.of(name));
            }
        }
    }

    private Question withOwnCursor(Caller caller, Question question) {
        String own = Cursors.of(http, question, caller.headers(), caller.own()::ownOf);
        Question plain = Question.of(question.operation()).get(0);
        return own.isEmpty() ? plain : plain.with("cursor", own);
    }

    private void headers(Caller caller, Question question, Set<String> foreign) {
        Asked theirsNamed = named(caller, question, theirs.tenant(), foreign, this::theirsOf);
        Asked nobodyNamed = named(caller, question, theirs.missing(TENANT), foreign, this::missing);
        differ(caller, "header", theirsNamed, nobodyNamed);
    }

    private Asked named(
            Caller caller, Question question, String tenant, Set<String> foreign, UnaryOperator<String> meaning) {
        Asked asked = question.ask(
                http,
                caller.and("tenant", tenant),
                name -> foreign.contains(name)
                        ? meaning.apply(name)
                        : caller.own().ownOf(name));
        Map<String, String> sent = new LinkedHashMap<>(asked.values());
        sent.put("header", tenant);
        return seen(caller.name(), new Asked(asked.what() + " for " + tenant, sent, asked.answer()));
    }

    private void compare(Caller caller, Question question, String what, Set<String> names) {
        // an operator may name any tenant in a path, and then acts for that one by right
        if (names.isEmpty() || caller.isOperator() && names.equals(Set.of(TENANT))) {
            return;
        }
        Asked foreign =
                seen(caller.name(), question.ask(http, caller.headers(), meaning(caller, question, names, true)));
        Asked missing =
                seen(caller.name(), question.ask(http, caller.headers(), meaning(caller, question, names, false)));
        differ(caller, what, foreign, missing);
        if (what.equals("?cursor") && foreign.answer().status() < 400) {
            findings.add(caller.name() + ": goes on with another tenant's cursor: " + foreign.what());
        }
    }

    private UnaryOperator<String> meaning(Caller caller, Question question, Set<String> names, boolean areTheirs) {
        return name -> {
            if (!names.contains(name)) {
                return caller.own().ownOf(name);
            }
            if (name.equals("cursor")) {
                String cursor = theirCursors.of(question);
                return areTheirs ? cursor : theirs.missingCursor(cursor);
            }
            return areTheirs ? theirs.of(name) : theirs.missing(name);
        };
    }

    private String theirsOf(String name) {
        return theirs.of(name);
    }

    private String missing(String name) {
        return theirs.missing(name);
    }

    private void differ(Caller caller, String what, Asked foreign, Asked missing) {
        String one = Sight.plain(foreign);
        String other = Sight.plain(missing);
        if (!one.equals(other)) {
            findings.add(caller.name() + ", " + what + ": another tenant's " + foreign.what() + " is answered\n" + one
                    + "\nand nobody's " + missing.what() + "\n" + other);
        }
    }

    private Asked seen(String who, Asked asked) {
        answers++;
        boolean tellsOfAll = who.startsWith("operator") && asked.what().matches("(?s)GET /v1/(tenants|control) as.*");
        String leak = tellsOfAll ? "" : sight.leakIn(asked);
        if (!leak.isEmpty()) {
            findings.add(who + ": the answer to " + asked.what() + " has another tenant's " + leak + ": "
                    + asked.answer().text());
        }
        if (asked.answer().status() >= 500) {
            findings.add(
                    who + ": " + asked.what() + " is a fault: " + asked.answer().text());
        }
        return asked;
    }

    private static String[] with(String[] headers, String tenant) {
        List<String> all = new ArrayList<>(List.of(headers));
        all.add("tenant");
        all.add(tenant);
        return all.toArray(String[]::new);
    }

    private static int harm(Operation operation) {
        if (operation.isReading()) {
            return 0;
        }
        if (operation.method().equals("DELETE") && operation.path().startsWith("/v1/webhooks")) {
            return 5; // what is gone can be asked for no more
        }
        if (operation.path().endsWith("/suspend")) {
            return 4;
        }
        if (operation.method().equals("PUT") || operation.body().equals("putAssets")) {
            return 3;
        }
        return operation.path().contains("{") ? 1 : 2;
    }
}
