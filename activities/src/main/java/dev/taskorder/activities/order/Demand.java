package dev.taskorder.activities.order;

import dev.taskorder.api.order.TaskOrderSpec;
import dev.taskorder.api.policy.ActivePolicy;
import java.math.BigDecimal;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What an order wants of the pool, as a key (design.md §4, "Demand class"): orders of one key can be served by exactly
 * the same assets, so they stand in one line and only its head has to be looked at.
 */
final class Demand {
    private static final int KEY_BYTES = 16;

    private Demand() {}

    static String of(TaskOrderSpec spec, ActivePolicy policy) {
        Map<String, @Nullable Object> wants = new LinkedHashMap<>();
        wants.put("hints", HintJson.write(spec.resourceHints()));
        wants.put("min_health_score", spec.constraints().get("min_health_score"));
        wants.put("no_datacenter_ip", spec.constraints().get("no_datacenter_ip"));
        wants.put("no_downgrade", spec.constraints().get("no_downgrade"));
        wants.put("currency", spec.currency());
        wants.put("policy", policy.version());
        wants.put("project", spec.projectId());
        wants.put("retention", RetentionKey.of(spec, policy.policy()));
        BigDecimal estimate = policy.policy().budget().estimateOf(spec.taskType());
        if (estimate.signum() > 0) {
            wants.put("estimate", estimate); // who needs less money may be served where its neighbour cannot
        }
        return HexFormat.of().formatHex(Arrays.copyOf(Canonical.sha256(wants), KEY_BYTES));
    }
}
