package dev.taskorder.starter.order;

import dev.taskorder.api.order.Limits;
import dev.taskorder.api.order.ResourceHint;
import dev.taskorder.api.order.TaskOrderSpec;
import dev.taskorder.api.tenant.TenantId;
import dev.taskorder.starter.web.BodyTenant;
import dev.taskorder.starter.web.Fields;
import dev.taskorder.starter.web.Shown;
import dev.taskorder.starter.web.TextRule;
import dev.taskorder.starter.web.Violations;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** Reads one task order as a caller sends it, alone or in a batch, and fills in the defaults of api.md. */
final class TaskOrderReader {
    private static final String KEY = "idempotency_key";
    private static final int PRIORITY_DEFAULT = 50;
    private static final long TIMEOUT_MS_DEFAULT = 300_000;
    static final Set<String> FIELDS = Set.of(
            KEY,
            "tenant_id",
            "project_id",
            "env",
            "task_type",
            "priority",
            "timeout_ms",
            "currency",
            "max_total_cost",
            "business_value_hint",
            "external_ref",
            "task_category",
            "description",
            "resource_hints",
            "constraints",
            "tags",
            "input");
    private static final Set<String> OURS = Set.of(
            "caused_by",
            "follow_ups",
            "task_id",
            "status",
            "task_version",
            "lease_ids",
            "tenant_policies_version",
            "output");
    private static final Set<String> HINT_FIELDS = Set.of("sku_category", "sku_code", "min_count", "attributes");
    private static final Set<String> LEASE_POLICIES = Set.of("RELEASE", "RETAIN");

    private final TenantId tenant;
    private final String defaultCurrency;

    TaskOrderReader(TenantId tenant, String defaultCurrency) {
        this.tenant = tenant;
        this.defaultCurrency = defaultCurrency;
    }

    /**
     * The order that the body describes.
     *
     * @param keyHeader the {@code Idempotency-Key} header, if there was one
     * @throws dev.taskorder.starter.problem.ProblemException if anything is wrong with it, naming all that is
     */
    TaskOrderSpec read(ObjectNode body, @Nullable String keyHeader) {
        BodyTenant.check(body, tenant);
        Violations violations = new Violations();
        Fields fields = Fields.ofBody(body, violations);
        fields.allowOnly(FIELDS, TaskOrderReader::isOurs);
        BodyTenant.checkShape(fields);
        String key = key(fields, keyHeader, violations);
        String projectId = fields.text("project_id", TextRule.NAME);
        String env = fields.text("env", TextRule.ENV);
        String taskType = fields.text("task_type", TextRule.NAME);
        int priority = (int) fields.integer("priority", 0, Limits.PRIORITY_MAX, PRIORITY_DEFAULT);
        long timeoutMs = fields.integer("timeout_ms", 1, Limits.TIMEOUT_MS_MAX, TIMEOUT_MS_DEFAULT);
        TaskOrderSpec order = new TaskOrderSpec(
                projectId,
                env,
                taskType,
                key,
                priority,
                timeoutMs,
                fields.textOr("currency", TextRule.CURRENCY, defaultCurrency),
                fields.optionalAmount("max_total_cost"),
                fields.optionalAmount("business_value_hint"),
                fields.optionalText("external_ref", TextRule.EXTERNAL_REF),
                fields.optionalText("task_category", TextRule.NAME),
                fields.optionalText("description", TextRule.DESCRIPTION),
                hints(fields),
                constraints(fields.object("constraints").withinBytes(Limits.CONSTRAINTS_BYTES_MAX)),
                fields.texts("tags", TextRule.TAG, Limits.TAGS_MAX),
                fields.object("input").withinBytes(Limits.INPUT_BYTES_MAX).asMap());
        violations.refuseIfAny();
        return order;
    }

    static boolean isOurs(String name) {
        return OURS.contains(name) || name.endsWith("_at") || name.startsWith("result_");
    }

    private static String key(Fields fields, @Nullable String header, Violations violations) {
        if (header == null) {
            return fields.text(KEY, TextRule.IDEMPOTENCY_KEY);
        }
        String inBody = fields.optionalText(KEY, TextRule.IDEMPOTENCY_KEY);
        if (inBody != null && !inBody.equals(header)) {
            violations.add(
                    "/" + KEY,
                    "must equal the Idempotency-Key header, " + Shown.of(header) + ", or be left out, was "
                            + Shown.of(inBody));
        }
        return header;
    }

    private static List<ResourceHint> hints(Fields order) {
        List<ResourceHint> hints = new ArrayList<>();
        for (Fields hint : order.objects("resource_hints", Limits.HINTS_MAX)) {
            hint.allowOnly(HINT_FIELDS, name -> false);
            hints.add(new ResourceHint(
                    hint.text("sku_category", TextRule.NAME),
                    hint.optionalText("sku_code", TextRule.SKU_PATTERN),
                    (int) hint.integer("min_count", 1, Limits.MIN_COUNT_MAX, 1),
                    hint.object("attributes").asFlatMap(Limits.ATTRIBUTES_MAX)));
        }
        return hints;
    }

    /** Known keys have a type and bounds; unknown ones are kept as they are and handed to the executor. */
    private static Map<String, @Nullable Object> constraints(Fields constraints) {
        Map<String, @Nullable Object> kept = new LinkedHashMap<>(constraints.asMap());
        if (kept.containsKey("max_retries")) {
            kept.put("max_retries", (int) constraints.integer("max_retries", 0, Limits.MAX_RETRIES_MAX, 0));
        }
        if (kept.containsKey("max_queue_ms")) {
            kept.put("max_queue_ms", constraints.integer("max_queue_ms", 1, Limits.TIMEOUT_MS_MAX, 1));
        }
        constraints.checkNumber("min_health_score", Limits.HEALTH_SCORE_MAX);
        constraints.checkBoolean("no_datacenter_ip");
        constraints.checkBoolean("no_downgrade");
        constraints.checkChoice("lease_policy", LEASE_POLICIES);
        return kept;
    }
}
