package dev.taskorder.starter.asset;

import dev.taskorder.api.asset.AssetSpec;
import dev.taskorder.api.asset.AssetStatus;
import dev.taskorder.api.order.Limits;
import dev.taskorder.api.tenant.TenantId;
import dev.taskorder.starter.web.BodyTenant;
import dev.taskorder.starter.web.Fields;
import dev.taskorder.starter.web.Shown;
import dev.taskorder.starter.web.TextRule;
import dev.taskorder.starter.web.Violations;
import java.math.BigDecimal;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** Reads one asset as a caller sends it: the AssetSnapshot's fields less those that we compute. */
final class AssetReader {
    private static final String ID = "asset_id";
    private static final Set<String> FIELDS = Set.of(
            ID,
            "tenant_id",
            "env",
            "sku_category",
            "sku_code",
            "attributes",
            "status",
            "health_score",
            "max_concurrency",
            "unit_cost",
            "currency",
            "max_uses",
            "handle");
    private static final Set<String> COMPUTED = Set.of("current_concurrency", "reserved", "updated_at");
    private static final Set<String> STATUSES = Set.of("AVAILABLE", "BANNED", "RETIRED");
    private static final TextRule HANDLE = new TextRule(null, 1, 255, "must have 1 to 255 characters");

    private final TenantId tenant;
    private final String defaultCurrency;

    AssetReader(TenantId tenant, String defaultCurrency) {
        this.tenant = tenant;
        this.defaultCurrency = defaultCurrency;
    }

    /**
     * The asset that the body describes.
     *
     * @param idInPath the id that the path names, which the body may repeat; null where only the body can name it
     * @throws dev.taskorder.starter.problem.ProblemException if anything is wrong with it, naming all that is
     */
    AssetSpec read(ObjectNode body, @Nullable String idInPath) {
        BodyTenant.check(body, tenant);
        Violations violations = new Violations();
        Fields fields = Fields.ofBody(body, violations);
        fields.allowOnly(FIELDS, COMPUTED::contains);
        BodyTenant.checkShape(fields);
        String id = id(fields, idInPath);
        String env = fields.text("env", TextRule.ENV);
        String category = fields.text("sku_category", TextRule.NAME);
        String code = fields.text("sku_code", TextRule.NAME);
        Map<String, Object> attributes = fields.object("attributes").asFlatMap(Limits.ATTRIBUTES_MAX);
        String status = fields.optionalChoice("status", STATUSES);
        BigDecimal health = fields.optionalNumber("health_score", Limits.HEALTH_SCORE_MAX);
        AssetSpec asset = new AssetSpec(
                id,
                env,
                category,
                code,
                attributes,
                status == null ? null : AssetStatus.valueOf(status),
                health,
                (int) fields.integer("max_concurrency", 1, Limits.CONCURRENCY_MAX, 1),
                fields.amount("unit_cost"),
                fields.textOr("currency", TextRule.CURRENCY, defaultCurrency),
                maxUses(fields),
                fields.optionalText("handle", HANDLE));
        violations.refuseIfAny();
        return asset;
    }

    private static String id(Fields fields, @Nullable String idInPath) {
        if (idInPath == null) {
            return fields.text(ID, TextRule.NAME);
        }
        String inBody = fields.optionalText(ID, TextRule.NAME);
        if (inBody != null && !inBody.equals(idInPath)) {
            fields.note(ID, "must equal the id in the path, or be left out, was " + Shown.of(inBody));
        }
        return idInPath;
    }

    private static @Nullable Integer maxUses(Fields fields) {
        return fields.has("max_uses") ? (Integer) (int) fields.integer("max_uses", 1, Integer.MAX_VALUE, 1) : null;
    }
}
