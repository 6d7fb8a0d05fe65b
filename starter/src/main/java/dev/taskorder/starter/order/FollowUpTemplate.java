package dev.taskorder.starter.order;

import dev.taskorder.api.order.TaskOrder;
import dev.taskorder.api.order.TaskOrderSpec;
import dev.taskorder.api.tenant.TenantId;
import dev.taskorder.starter.problem.ProblemException;
import dev.taskorder.starter.web.Json;
import dev.taskorder.starter.web.Shown;
import dev.taskorder.starter.web.Violations;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What a follow-up rule creates: the fields of an order, where a value may be one of the order that ended. */
public final class FollowUpTemplate {
    private static final Pattern VALUE = Pattern.compile("\\{\\{(input|output|order)\\.([A-Za-z0-9_.-]{1,255})}}");
    private static final String OPENING = "{{";
    private static final String ORDER = "order";
    private static final Set<String> NOT_THEIRS = Set.of("idempotency_key", "tenant_id");
    private static final TenantId NOBODY = new TenantId("nobody");
    /** What the order that ended gives, and every order needs. */
    private static final Map<String, Object> GIVEN = Map.of("project_id", "p", "env", "e", "idempotency_key", "k");

    private static final Set<String> ORDER_FIELDS = Set.of(
            "task_id",
            "idempotency_key",
            "project_id",
            "env",
            "external_ref",
            "task_type",
            "task_category",
            "description",
            "priority",
            "timeout_ms",
            "max_total_cost",
            "currency",
            "business_value_hint",
            "status",
            "result_code",
            "result_message",
            "resource_hints",
            "constraints",
            "tags",
            "created_at",
            "started_at",
            "finished_at");

    private FollowUpTemplate() {}

    /** Notes all that could never become an order. */
    public static void check(@Nullable Object create, String pointer, Violations violations) {
        if (!(create instanceof Map<?, ?> fields)) {
            violations.add(pointer, "must be an object");
            return;
        }
        Map<String, @Nullable Object> plain = new LinkedHashMap<>(GIVEN);
        Set<String> open = fields.keySet().stream().map(String::valueOf).collect(Collectors.toSet());
        fields.forEach((key, value) -> {
            String name = String.valueOf(key);
            if (NOT_THEIRS.contains(name)) {
                violations.add(pointer + Shown.pointerStep(name), "is set by the server and cannot be sent");
                return;
            }
            int[] templates = {0};
            mapped(value, pointer + Shown.pointerStep(name), (text, at) -> {
                templates[0]++;
                checkTemplate(text, at, violations);
                return text;
            });
            if (templates[0] == 0 || !TaskOrderReader.FIELDS.contains(name)) {
                plain.put(name, value);
            }
        });
        if (open.contains("task_type") && !plain.containsKey("task_type")) {
            plain.put("task_type", "T");
        }
        try {
            new TaskOrderReader(NOBODY, "USD").read(Json.tree(plain), null);
        } catch (ProblemException e) {
            e.problem().errors().forEach(error -> violations.add(pointer + error.pointer(), error.message()));
        }
    }

    private static void checkTemplate(String text, String at, Violations violations) {
        Matcher value = VALUE.matcher(text);
        if (!value.matches()) {
            violations.add(
                    at,
                    "must be exactly {{input.…}}, {{output.…}} or {{order.…}}, or without {{, was " + Shown.of(text));
        } else if (ORDER.equals(value.group(1)) && !ORDER_FIELDS.contains(value.group(2))) {
            violations.add(at, "names no field of an order that a rule can use, was " + Shown.of(text));
        }
    }

    /**
     * The order that the rule creates for one that ended.
     *
     * @throws ProblemException if its values are none that an order can have
     */
    static TaskOrderSpec filled(
            Map<String, @Nullable Object> create, TaskOrder order, String key, String defaultCurrency) {
        Violations violations = new Violations();
        Map<?, ?> shown = Json.map(TaskOrderResponse.of(order));
        Map<String, @Nullable Object> body = new LinkedHashMap<>();
        body.put("project_id", order.spec().projectId());
        body.put("env", order.spec().env());
        create.forEach((name, value) -> body.put(
                name, mapped(value, Shown.pointerStep(name), (text, at) -> valueOf(text, at, shown, violations))));
        body.put("idempotency_key", key);
        violations.refuseIfAny();
        return new TaskOrderReader(order.tenantId(), defaultCurrency).read(Json.tree(body), null);
    }

    private static @Nullable Object valueOf(String text, String at, Map<?, ?> order, Violations violations) {
        Matcher value = VALUE.matcher(text);
        if (!value.matches()) {
            violations.add(at, "is no template, was " + Shown.of(text));
            return null;
        }
        Object found = ORDER.equals(value.group(1)) ? order : order.get(value.group(1));
        for (String step : value.group(2).split("\\.", -1)) {
            if (!(found instanceof Map<?, ?> members) || !members.containsKey(step)) {
                violations.add(at, "has no value: the order that ended has none at " + Shown.of(text));
                return null;
            }
            found = members.get(step);
        }
        return found;
    }

    /** The same value, with each text that looks like a template replaced. */
    private static @Nullable Object mapped(
            @Nullable Object value, String pointer, BiFunction<String, String, @Nullable Object> template) {
        if (value instanceof String text) {
            return text.contains(OPENING) ? template.apply(text, pointer) : text;
        }
        if (value instanceof Map<?, ?> members) {
            Map<String, @Nullable Object> mapped = new LinkedHashMap<>();
            members.forEach((key, one) -> mapped.put(
                    String.valueOf(key), mapped(one, pointer + Shown.pointerStep(String.valueOf(key)), template)));
            return mapped;
        }
        if (value instanceof List<?> items) {
            List<@Nullable Object> mapped = new ArrayList<>();
            for (int i = 0; i < items.size(); i++) {
                mapped.add(mapped(items.get(i), pointer + "/" + i, template));
            }
            return mapped;
        }
        return value;
    }
}
