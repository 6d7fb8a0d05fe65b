package dev.taskorder.starter.temporal;

import dev.taskorder.activities.dispatch.StartDue;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** What a person reads about an order in Temporal's Web UI. */
final class OrderTexts {
    private static final int SUMMARY_BYTES_MAX = 200;

    private OrderTexts() {}

    /** One line for the list; a longer one would fail the start. */
    static String summary(StartDue start) {
        StringBuilder line = new StringBuilder(start.taskType())
                .append(" · ")
                .append(start.projectId())
                .append(" · ")
                .append(start.env())
                .append(" · priority ")
                .append(start.priority());
        append(line, start.externalRef());
        append(line, start.description());
        return truncated(line.toString(), SUMMARY_BYTES_MAX);
    }

    /** Markdown for the workflow's page; the caller's own words stand in code, where they cannot mean anything else. */
    static String details(StartDue start) {
        StringBuilder page = new StringBuilder()
                .append("**Task order** `")
                .append(start.taskId())
                .append("`, run ")
                .append(start.runNo())
                .append("\n\n")
                .append("- tenant `")
                .append(start.tenant())
                .append("`, env `")
                .append(start.env())
                .append("`\n")
                .append("- project `")
                .append(start.projectId())
                .append("`, type `")
                .append(start.taskType())
                .append("`\n");
        item(page, "idempotency key", start.idempotencyKey());
        item(page, "external ref", start.externalRef());
        item(page, "description", start.description());
        return page.toString();
    }

    /** The longest beginning of the text that has at most this many bytes and ends between two characters. */
    static String truncated(String text, int bytesMax) {
        int bytes = 0;
        int end = 0;
        while (end < text.length()) {
            int codePoint = text.codePointAt(end);
            bytes += Character.toString(codePoint).getBytes(StandardCharsets.UTF_8).length;
            if (bytes > bytesMax) {
                return text.substring(0, end);
            }
            end += Character.charCount(codePoint);
        }
        return text;
    }

    private static void append(StringBuilder line, @Nullable String more) {
        if (more != null && !more.isBlank()) {
            line.append(" · ").append(more.replaceAll("\\s+", " ").strip());
        }
    }

    private static void item(StringBuilder page, String name, @Nullable String value) {
        if (value != null && !value.isBlank()) {
            page.append("- ")
                    .append(name)
                    .append(" `")
                    .append(value.replaceAll("[`\\s]+", " ").strip())
                    .append("`\n");
        }
    }
}
