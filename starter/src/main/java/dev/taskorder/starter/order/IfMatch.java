package dev.taskorder.starter.order;

import dev.taskorder.starter.problem.ProblemCode;
import dev.taskorder.starter.problem.ProblemException;
import dev.taskorder.starter.web.Shown;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The {@code If-Match} header (RFC 9110): the versions that a caller means to change.
 *
 * @param versions the strong tags; null for {@code *}, which any version matches
 * @param text as the caller wrote it
 */
record IfMatch(@Nullable Set<String> versions, String text) {
    static final String HEADER = "If-Match";

    /** A tag may hold commas, so a list is read tag by tag. Empty members of a list are allowed to be there. */
    private static final Pattern NEXT =
            Pattern.compile("[ \\t]*(?:(?<weak>W/)?\"(?<tag>[\\x21\\x23-\\x7E\\x80-\\xFF]*)\")?[ \\t]*(?:,|\\z)");

    /**
     * What the request says.
     *
     * @throws ProblemException if it is not there or cannot be read
     */
    static IfMatch of(HttpServletRequest request) {
        List<String> lines = Collections.list(request.getHeaders(HEADER));
        if (lines.isEmpty()) {
            throw new ProblemException(
                    ProblemCode.IF_MATCH_REQUIRED, "send the ETag that you have seen as If-Match, or * for any");
        }
        String value = String.join(",", lines);
        return value.strip().equals("*") ? new IfMatch(null, value) : new IfMatch(tags(value), value);
    }

    boolean matches(int version) {
        return versions == null || versions.contains(Integer.toString(version));
    }

    private static Set<String> tags(String list) {
        Set<String> strong = new HashSet<>();
        boolean any = false;
        Matcher next = NEXT.matcher(list);
        int at = 0;
        while (at < list.length()) {
            if (!next.region(at, list.length()).lookingAt()) {
                throw malformed(list);
            }
            String tag = next.group("tag");
            any |= tag != null;
            if (tag != null && next.group("weak") == null) {
                strong.add(tag); // a weak one never matches here
            }
            at = next.end();
        }
        if (!any) {
            throw malformed(list);
        }
        return strong;
    }

    private static ProblemException malformed(String list) {
        return new ProblemException(
                ProblemCode.INVALID_REQUEST,
                "/" + HEADER,
                "must be * or one or more entity tags in double quotes, such as \"1\", was " + Shown.of(list));
    }
}
