package dev.taskorder.starter.problem;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A refusal, before it is written down.
 *
 * @param detail a sentence for people; nothing of how we are built
 * @param errors which parts of the request are wrong; empty where none is to blame
 * @param extensions members that only this code has, such as {@code differing_fields}
 * @param headers what goes with it, such as {@code Retry-After}
 */
public record Problem(
        ProblemCode code,
        String detail,
        List<FieldError> errors,
        Map<String, Object> extensions,
        Map<String, String> headers) {
    public static final String MEDIA_TYPE = "application/problem+json";
    private static final String TYPE_PREFIX = "urn:taskorder:problem:";

    public Problem {
        errors = List.copyOf(errors);
        extensions = Map.copyOf(extensions);
        headers = Map.copyOf(headers);
    }

    /**
     * One thing that is wrong.
     *
     * @param pointer JSON pointer into the body; {@code /name} for a header, a query or a path parameter,
     *     {@code /url} for the address as a whole
     */
    public record FieldError(String pointer, String message) {}

    public static Problem of(ProblemCode code, String detail) {
        return new Problem(code, detail, List.of(), Map.of(), Map.of());
    }

    /** One part of the request is to blame; an empty pointer means the body as a whole. */
    public static Problem of(ProblemCode code, String pointer, String message) {
        String where = pointer.isEmpty() ? "the body" : pointer;
        return of(code, where + " " + message, List.of(new FieldError(pointer, message)));
    }

    public static Problem of(ProblemCode code, String detail, List<FieldError> errors) {
        return new Problem(code, detail, errors, Map.of(), Map.of());
    }

    /** The bytes of the body are not what its headers say, whoever notices it. */
    public static Problem ofBrokenBody() {
        return of(
                ProblemCode.INVALID_REQUEST,
                "",
                "did not arrive as announced: it must be as long as Content-Length says, or in well-formed chunks");
    }

    /** The same, with a header. */
    public Problem withHeader(String name, String value) {
        Map<String, String> more = new LinkedHashMap<>(headers);
        more.put(name, value);
        return new Problem(code, detail, errors, extensions, more);
    }

    /** The same, with a member that only its code has. */
    public Problem withExtension(String name, Object value) {
        Map<String, Object> more = new LinkedHashMap<>(extensions);
        more.put(name, value);
        return new Problem(code, detail, errors, more, headers);
    }

    /** The document's members in their order. */
    public Map<String, Object> document(String traceId) {
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("type", TYPE_PREFIX + code.code());
        document.put("title", code.title());
        document.put("status", code.status());
        document.put("detail", detail);
        document.put("code", code.code());
        document.put("trace_id", traceId);
        if (!errors.isEmpty()) {
            document.put("errors", errors);
        }
        document.putAll(extensions);
        return document;
    }
}
