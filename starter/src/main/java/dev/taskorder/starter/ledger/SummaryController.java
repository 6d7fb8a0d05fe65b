package dev.taskorder.starter.ledger;

import dev.taskorder.api.ledger.Ledger;
import dev.taskorder.api.ledger.Summary;
import dev.taskorder.api.ledger.SummaryGroup;
import dev.taskorder.api.ledger.SummaryQuestion;
import dev.taskorder.api.ledger.SummaryQuestion.Dimension;
import dev.taskorder.starter.problem.ProblemCode;
import dev.taskorder.starter.problem.ProblemException;
import dev.taskorder.starter.role.InRole;
import dev.taskorder.starter.role.Role;
import dev.taskorder.starter.web.Csv;
import dev.taskorder.starter.web.Query;
import dev.taskorder.starter.web.Shown;
import dev.taskorder.starter.web.TextRule;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Instant;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** What the entries of the ledger come to, by project, resource, kind of work or day. */
@RestController
@InRole(Role.API)
final class SummaryController {
    private static final String GROUP_BY = "group_by";
    private static final String KNOWN =
            Arrays.stream(Dimension.values()).map(Dimension::label).collect(Collectors.joining(", "));
    private static final TextRule LIST = new TextRule(null, 1, 255, rule());

    private final Ledger ledger;

    SummaryController(Ledger ledger) {
        this.ledger = ledger;
    }

    @GetMapping(
            path = "/v1/ledger/summary",
            produces = {MediaType.APPLICATION_JSON_VALUE, Csv.MEDIA_TYPE})
    @Nullable
    ResponseEntity<SummaryResponse> summary(HttpServletRequest request, HttpServletResponse response)
            throws IOException {
        SummaryQuestion question = question(request);
        List<SummaryGroup> groups = groups(ledger.summary(question));
        if (Csv.isPreferred(request)) {
            SummaryResponse.csv(question.groupBy())
                    .write(response, List.of(groups).iterator());
            return null;
        }
        return ResponseEntity.ok(SummaryResponse.of(question.groupBy(), groups));
    }

    private static SummaryQuestion question(HttpServletRequest request) {
        Query query = Query.ofReport(
                request,
                GROUP_BY,
                "env",
                "project",
                "project_id",
                "category",
                "sku_category",
                "task_type",
                "task_category",
                "from",
                "to");
        Set<Dimension> groupBy = groupBy(query);
        String env = query.text("env", TextRule.ENV);
        String project = query.text(query.nameOf("project", "project_id"), TextRule.NAME);
        String category = query.text(query.nameOf("category", "sku_category"), TextRule.NAME);
        String taskType = query.text("task_type", TextRule.NAME);
        String taskCategory = query.text("task_category", TextRule.NAME);
        Instant from = query.time("from");
        Instant to = query.time("to");
        query.checkPeriod("from", from, "to", to);
        query.refuseIfAny();
        return new SummaryQuestion(groupBy, env, project, category, taskType, taskCategory, from, to);
    }

    private static Set<Dimension> groupBy(Query query) {
        Set<Dimension> groupBy = EnumSet.noneOf(Dimension.class);
        String list = query.text(GROUP_BY, LIST);
        if (!query.has(GROUP_BY)) {
            query.note(GROUP_BY, "is required: " + rule());
        }
        for (String name : list == null ? new String[0] : list.split(",", -1)) {
            Optional<Dimension> dimension = dimension(name);
            if (dimension.isEmpty()) {
                query.note(GROUP_BY, rule() + ", has " + Shown.of(name));
            } else if (!groupBy.add(dimension.get())) {
                query.note(GROUP_BY, "has " + Shown.of(name) + " twice");
            }
        }
        return groupBy;
    }

    private static Optional<Dimension> dimension(String name) {
        return Arrays.stream(Dimension.values())
                .filter(one -> one.label().equals(name))
                .findFirst();
    }

    private static String rule() {
        return "must be one or more of " + KNOWN + ", with commas between them";
    }

    private static List<SummaryGroup> groups(Summary summary) {
        if (summary instanceof Summary.Groups groups) {
            return groups.items();
        }
        int max = ((Summary.TooMany) summary).groupsMax();
        throw new ProblemException(
                ProblemCode.INVALID_REQUEST,
                "/" + GROUP_BY,
                "must make at most " + max + " groups, makes more: leave one out, or ask for a shorter period");
    }
}
