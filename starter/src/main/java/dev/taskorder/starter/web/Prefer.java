package dev.taskorder.starter.web;

import dev.taskorder.starter.problem.ProblemCode;
import dev.taskorder.starter.problem.ProblemException;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Collections;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The {@code Prefer} header (RFC 7240), of which one preference is known: {@code wait}. */
public final class Prefer {
    public static final String HEADER = "Prefer";
    private static final Pattern WAIT =
            Pattern.compile("\\s*wait\\s*=\\s*\"?([^\";]*?)\"?\\s*(?:;.*)?", Pattern.CASE_INSENSITIVE);

    private Prefer() {}

    /**
     * How many seconds the caller is willing to wait; 0 if nothing is said. Of several the first counts, and other
     * preferences are ignored, as the standard demands.
     *
     * @throws ProblemException if it is no whole number from 0 to the bound
     */
    public static int waitSeconds(HttpServletRequest request, int secondsMax) {
        List<String> headers = Collections.list(request.getHeaders(HEADER));
        for (String preference : String.join(",", headers).split(",", -1)) {
            Matcher wait = WAIT.matcher(preference);
            if (wait.matches()) {
                return seconds(wait.group(1), secondsMax);
            }
        }
        return 0;
    }

    private static int seconds(String text, int secondsMax) {
        Integer seconds = Numbers.wholeOrNull(text, 0, secondsMax);
        if (seconds == null) {
            throw new ProblemException(
                    ProblemCode.INVALID_REQUEST,
                    "/prefer",
                    "wait must be a whole number from 0 to " + secondsMax + ", was " + Shown.of(text));
        }
        return seconds;
    }
}
