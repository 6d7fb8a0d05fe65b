package dev.taskorder.activities.order;

import dev.taskorder.api.order.TaskOrderSpec;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One hash per field of an order as it was created: after defaults, numbers by value, tags in order (api.md, "Order of
 * checks"). Kept for ever, so that a repeat is known even after a change of the order or a clean-up of its input.
 */
final class FieldHashes {
    /** Stands first in what is stored: a change of the fields or of their form needs a new one. */
    private static final byte FORM = 1;

    private static final int HASH_BYTES = 8;

    private FieldHashes() {}

    static byte[] of(TaskOrderSpec spec) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        all.write(FORM);
        fields(spec).values().forEach(value -> all.write(Canonical.sha256(value), 0, HASH_BYTES));
        return all.toByteArray();
    }

    /** The fields in which an order differs from the one that these hashes were made of; empty for a repeat. */
    static List<String> differing(byte[] hashes, TaskOrderSpec spec) {
        byte[] other = of(spec);
        List<String> differing = new ArrayList<>();
        int from = 1;
        for (String field : fields(spec).keySet()) {
            if (!Arrays.equals(hashes, from, from + HASH_BYTES, other, from, from + HASH_BYTES)) {
                differing.add(field);
            }
            from += HASH_BYTES;
        }
        return differing;
    }

    /** The order of the fields is part of the form. */
    private static Map<String, @Nullable Object> fields(TaskOrderSpec spec) {
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        fields.put("project_id", spec.projectId());
        fields.put("task_type", spec.taskType());
        fields.put("priority", spec.priority());
        fields.put("timeout_ms", spec.timeoutMs());
        fields.put("currency", spec.currency());
        fields.put("max_total_cost", spec.maxTotalCost());
        fields.put("business_value_hint", spec.businessValueHint());
        fields.put("external_ref", spec.externalRef());
        fields.put("task_category", spec.taskCategory());
        fields.put("description", spec.description());
        fields.put("resource_hints", HintJson.write(spec.resourceHints()));
        fields.put("constraints", spec.constraints());
        fields.put("tags", spec.tags());
        fields.put("input", spec.input());
        return fields;
    }
}
