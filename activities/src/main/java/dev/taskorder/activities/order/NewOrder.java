package dev.taskorder.activities.order;

import dev.taskorder.api.order.CreateResult;
import dev.taskorder.api.order.TaskOrderSpec;
import dev.taskorder.api.policy.ActivePolicy;
import java.math.BigDecimal;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** An order on its way in: its id, its place in the batch, and why it is refused, if it is. */
record NewOrder(
        int position,
        UUID taskId,
        TaskOrderSpec spec,
        @Nullable CreateResult refusal) {
    /** The columns of the insert; names are those of the recordset in {@link OrderInsert}. */
    record Columns(
            int position,
            UUID task_id,
            String env,
            String idempotency_key,
            String project_id,
            @Nullable String external_ref,
            String task_type,
            @Nullable String task_category,
            @Nullable String description,
            int priority,
            long timeout_ms,
            @Nullable BigDecimal max_total_cost,
            String currency,
            @Nullable BigDecimal business_value_hint,
            List<Map<String, @Nullable Object>> resource_hints,
            Map<String, @Nullable Object> constraints,
            List<String> tags,
            Map<String, @Nullable Object> input,
            String field_hashes,
            String demand,
            @Nullable String retention_key) {}

    NewOrder refused(CreateResult why) {
        return new NewOrder(position, taskId, spec, why);
    }

    Columns columns(ActivePolicy policy) {
        return new Columns(
                position,
                taskId,
                spec.env(),
                spec.idempotencyKey(),
                spec.projectId(),
                spec.externalRef(),
                spec.taskType(),
                spec.taskCategory(),
                spec.description(),
                spec.priority(),
                spec.timeoutMs(),
                spec.maxTotalCost(),
                spec.currency(),
                spec.businessValueHint(),
                HintJson.write(spec.resourceHints()),
                spec.constraints(),
                spec.tags(),
                spec.input(),
                "\\x" + HexFormat.of().formatHex(FieldHashes.of(spec)),
                Demand.of(spec, policy),
                RetentionKey.of(spec, policy.policy()));
    }
}
