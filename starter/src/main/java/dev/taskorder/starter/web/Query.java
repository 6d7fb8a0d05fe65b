package dev.taskorder.starter.web;

import dev.taskorder.api.order.Limits;
import dev.taskorder.api.page.PageRequest;
import jakarta.servlet.http.HttpServletRequest;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A request's query parameters, read as strictly as a body: what is unknown, doubled or out of bounds is noted. */
public final class Query {
    private static final String LIMIT = "limit";
    private static final String CURSOR = "cursor";
    private static final TextRule CURSOR_RULE = new TextRule(null, 1, 2048, "must have 1 to 2048 characters");

    private final Map<String, String[]> parameters;
    private final Violations violations = new Violations();

    private Query(Map<String, String[]> parameters) {
        this.parameters = parameters;
    }

    /** The query of a list: these parameters, {@code limit} and {@code cursor}. */
    public static Query ofPage(HttpServletRequest request, String... known) {
        Set<String> all = new TreeSet<>(Set.of(known));
        all.add(LIMIT);
        all.add(CURSOR);
        return of(request, all);
    }

    /** The query of a report: these parameters and no other. {@link #refuseIfAny} comes before anything of it is used. */
    public static Query ofReport(HttpServletRequest request, String... known) {
        return of(request, new TreeSet<>(Set.of(known)));
    }

    /** The query of a call that has none. */
    public static void refuseAny(HttpServletRequest request) {
        if (request.getQueryString() != null) {
            of(request, Set.of()).violations.refuseIfAny();
        }
    }

    /** The query of a call that has this parameter and no other, a whole number within these bounds. */
    public static int number(HttpServletRequest request, String name, int min, int max) {
        Query query = of(request, Set.of(name));
        int number = query.number(name, min, max, min);
        query.violations.refuseIfAny();
        return number;
    }

    /** The query of a call that has this parameter and no other: a text; this one if it is absent. */
    public static String text(HttpServletRequest request, String name, TextRule rule, String ifAbsent) {
        Query query = of(request, Set.of(name));
        String text = query.text(name, rule);
        query.violations.refuseIfAny();
        return text == null ? ifAbsent : text;
    }

    private static Query of(HttpServletRequest request, Set<String> known) {
        Query query = new Query(request.getParameterMap());
        for (Map.Entry<String, String[]> parameter : query.parameters.entrySet()) {
            String pointer = Shown.pointerStep(parameter.getKey());
            if (!known.contains(parameter.getKey())) {
                String expected = known.isEmpty() ? "none" : String.join(", ", known);
                query.violations.add(pointer, "is not a known query parameter; known: " + expected);
            }
            for (String value : parameter.getValue()) {
                String complaint = Hygiene.unwritable(value);
                if (complaint != null) {
                    query.violations.add(pointer, complaint);
                }
            }
        }
        return query;
    }

    /** Which page is wanted; refuses the request if anything read so far is wrong. */
    public PageRequest page() {
        int limit = number(LIMIT, 1, Limits.PAGE_ITEMS_MAX, Limits.PAGE_ITEMS_DEFAULT);
        String cursor = text(CURSOR, CURSOR_RULE);
        violations.refuseIfAny();
        return new PageRequest(limit, cursor);
    }

    /** Refuses the request if anything read so far is wrong. */
    public void refuseIfAny() {
        violations.refuseIfAny();
    }

    /** Notes something about a parameter. */
    public void note(String name, String message) {
        violations.add("/" + name, message);
    }

    /** Whether the parameter is there. */
    public boolean has(String name) {
        return parameters.containsKey(name);
    }

    /** Under which of its two names a parameter is there; it is refused under both at once. */
    public String nameOf(String name, String otherName) {
        if (has(name) && has(otherName)) {
            note(otherName, "is another name of " + name + ", which is there too");
        }
        return has(otherName) ? otherName : name;
    }

    /** Notes the end of a period that lies before its beginning. */
    public void checkPeriod(String fromName, @Nullable Instant from, String toName, @Nullable Instant to) {
        if (from != null && to != null && to.isBefore(from)) {
            note(toName, "must not be before " + fromName + ", which is " + from + ", was " + to);
        }
    }

    /** A text; null if it is absent. */
    public @Nullable String text(String name, TextRule rule) {
        String value = single(name);
        String complaint = value == null ? null : rule.complaint(value);
        if (complaint == null) {
            return value;
        }
        violations.add("/" + name, complaint);
        return null;
    }

    /** All texts that the parameter has, once each; none if it is absent. */
    public Set<String> texts(String name, TextRule rule) {
        Set<String> texts = new TreeSet<>(List.of(parameters.getOrDefault(name, new String[0])));
        texts.stream()
                .map(rule::complaint)
                .filter(Objects::nonNull)
                .forEach(complaint -> violations.add("/" + name, complaint));
        return texts;
    }

    /** A whole number from 0; 0 if it is absent. */
    public long whole(String name, long max) {
        String value = single(name);
        if (value == null) {
            return 0;
        }
        Long number = Numbers.wholeOrNull(value, max);
        if (number == null) {
            violations.add("/" + name, "must be a whole number from 0 to " + max + ", was " + Shown.of(value));
            return 0;
        }
        return number;
    }

    /** A UUID; null if it is absent. */
    public @Nullable UUID uuid(String name) {
        String value = single(name);
        if (value == null) {
            return null;
        }
        UUID uuid = PathIds.uuidOrNull(value);
        if (uuid == null) {
            violations.add("/" + name, "must be a UUID, was " + Shown.of(value));
        }
        return uuid;
    }

    /** A constant by its name; null if it is absent. */
    public <E extends Enum<E>> @Nullable E constant(String name, Class<E> type) {
        String value = single(name);
        return value == null ? null : constant(name, value, type);
    }

    /** All constants that the parameter names, once each; none if it is absent. */
    public <E extends Enum<E>> Set<E> constants(String name, Class<E> type) {
        Set<E> constants = EnumSet.noneOf(type);
        for (String value : parameters.getOrDefault(name, new String[0])) {
            E constant = constant(name, value, type);
            if (constant != null) {
                constants.add(constant);
            }
        }
        return constants;
    }

    /** A point in time with its offset, from 1970 to 9999; null if it is absent. */
    public @Nullable Instant time(String name) {
        String value = single(name);
        if (value == null) {
            return null;
        }
        Instant time = Times.orNull(value);
        String complaint = Times.complaint(time, Times.MAX);
        if (complaint != null) {
            violations.add("/" + name, complaint + ", was " + Shown.of(value));
        }
        return time;
    }

    private <E extends Enum<E>> @Nullable E constant(String name, String value, Class<E> type) {
        for (E constant : type.getEnumConstants()) {
            if (constant.name().equals(value)) {
                return constant;
            }
        }
        violations.add("/" + name, "must be one of " + EnumSet.allOf(type) + ", was " + Shown.of(value));
        return null;
    }

    private int number(String name, int min, int max, int otherwise) {
        String value = single(name);
        if (value == null) {
            return otherwise;
        }
        Integer number = Numbers.wholeOrNull(value, min, max);
        if (number == null) {
            violations.add(
                    "/" + name, "must be a whole number from " + min + " to " + max + ", was " + Shown.of(value));
            return otherwise;
        }
        return number;
    }

    private @Nullable String single(String name) {
        String[] values = parameters.get(name);
        if (values == null) {
            return null;
        }
        if (values.length > 1) {
            violations.add("/" + name, "must be there once, is there " + values.length + " times");
        }
        return values[0];
    }
}
