package dev.taskorder.starter.operation;

import dev.taskorder.api.order.Status;
import dev.taskorder.api.order.TaskOrderFilter;
import dev.taskorder.starter.web.Fields;
import dev.taskorder.starter.web.TextRule;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Reads which orders are meant, by the names of the list's parameters. */
final class FilterReader {
    private static final Instant TIME_MAX = Instant.parse("9999-12-31T23:59:59Z");
    private static final int STATUS_CHARS_MAX = 32;
    private static final Set<String> FIELDS = Set.of(
            "env",
            "status",
            "project_id",
            "task_type",
            "task_category",
            "tag",
            "external_ref",
            "idempotency_key",
            "created_from",
            "created_to");

    private FilterReader() {}

    /**
     * The filter of a body, which has to be there, be it empty.
     *
     * @param statuses those that it may name
     */
    static TaskOrderFilter read(Fields body, List<Status> statuses) {
        if (!body.has("filter")) {
            body.note("filter", "is required; {} is all of them");
        }
        Fields filter = body.object("filter");
        filter.allowOnly(FIELDS, name -> false);
        String words = statuses.stream().map(Status::name).collect(Collectors.joining("|"));
        TextRule rule =
                new TextRule(Pattern.compile(words), 0, STATUS_CHARS_MAX, "must be one of " + words.replace("|", ", "));
        Set<Status> wanted = filter.texts("status", rule, statuses.size()).stream()
                .map(Status::valueOf)
                .collect(Collectors.toSet());
        return new TaskOrderFilter(
                filter.optionalText("env", TextRule.ENV),
                wanted,
                filter.optionalText("project_id", TextRule.NAME),
                filter.optionalText("task_type", TextRule.NAME),
                filter.optionalText("task_category", TextRule.NAME),
                filter.optionalText("tag", TextRule.TAG),
                filter.optionalText("external_ref", TextRule.EXTERNAL_REF),
                filter.optionalText("idempotency_key", TextRule.IDEMPOTENCY_KEY),
                filter.optionalTime("created_from", TIME_MAX),
                filter.optionalTime("created_to", TIME_MAX));
    }
}
