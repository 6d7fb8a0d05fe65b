package dev.taskorder.starter.order;

import dev.taskorder.api.order.Limits;
import dev.taskorder.api.order.TaskOrderChange;
import dev.taskorder.api.order.TaskOrderChange.Ceiling;
import dev.taskorder.api.order.TaskOrderChange.Description;
import dev.taskorder.starter.web.Fields;
import dev.taskorder.starter.web.TextRule;
import dev.taskorder.starter.web.Violations;
import java.math.BigDecimal;
import java.util.List;
import java.util.Set;
import tools.jackson.databind.node.ObjectNode;

/** Reads what a caller wants to be otherwise about an order, by the rules of a create. */
final class TaskOrderChanges {
    private static final String PRIORITY = "priority";
    private static final String TAGS = "tags";
    private static final String DESCRIPTION = "description";
    private static final String MAX_TOTAL_COST = "max_total_cost";
    private static final Set<String> CHANGEABLE = Set.of(PRIORITY, TAGS, DESCRIPTION, MAX_TOTAL_COST);

    private TaskOrderChanges() {}

    /**
     * The change that the body describes; none at all is one too.
     *
     * @throws dev.taskorder.starter.problem.ProblemException if anything is wrong with it, naming all that is
     */
    static TaskOrderChange read(ObjectNode body) {
        Violations violations = new Violations();
        Fields fields = Fields.ofBody(body, violations);
        fields.allowOnly(TaskOrderReader.FIELDS, TaskOrderReader::isOurs);
        refuseWhatIsFixed(fields);
        int priority = (int) fields.integer(PRIORITY, 0, Limits.PRIORITY_MAX, 0);
        List<String> tags = fields.texts(TAGS, TextRule.TAG, Limits.TAGS_MAX);
        String description = fields.optionalText(DESCRIPTION, TextRule.DESCRIPTION);
        BigDecimal maxTotalCost = fields.optionalAmount(MAX_TOTAL_COST);
        violations.refuseIfAny();
        return new TaskOrderChange(
                fields.isSent(PRIORITY) ? priority : null,
                fields.isSent(MAX_TOTAL_COST) ? new Ceiling(maxTotalCost) : null,
                fields.isSent(TAGS) ? tags : null,
                fields.isSent(DESCRIPTION) ? new Description(description) : null);
    }

    private static void refuseWhatIsFixed(Fields fields) {
        TaskOrderReader.FIELDS.stream()
                .filter(name -> !CHANGEABLE.contains(name) && fields.isSent(name))
                .sorted()
                .forEach(name -> fields.note(name, "cannot be changed"));
    }
}
