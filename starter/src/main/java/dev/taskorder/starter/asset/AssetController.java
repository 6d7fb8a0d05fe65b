package dev.taskorder.starter.asset;

import dev.taskorder.api.asset.AssetFilter;
import dev.taskorder.api.asset.AssetSpec;
import dev.taskorder.api.asset.AssetStatus;
import dev.taskorder.api.asset.Assets;
import dev.taskorder.api.asset.PutAssetResult;
import dev.taskorder.api.order.Limits;
import dev.taskorder.api.page.PageRequest;
import dev.taskorder.api.policy.Policies;
import dev.taskorder.api.policy.Policy;
import dev.taskorder.api.tenant.Caller;
import dev.taskorder.api.tenant.TenantContext;
import dev.taskorder.api.tenant.TenantId;
import dev.taskorder.starter.problem.ProblemCode;
import dev.taskorder.starter.problem.ProblemException;
import dev.taskorder.starter.role.InRole;
import dev.taskorder.starter.role.Role;
import dev.taskorder.starter.web.Audited;
import dev.taskorder.starter.web.Batch;
import dev.taskorder.starter.web.JsonBody;
import dev.taskorder.starter.web.PageResponse;
import dev.taskorder.starter.web.PathIds;
import dev.taskorder.starter.web.Query;
import dev.taskorder.starter.web.TextRule;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** Assets: create or replace, look at. */
@RestController
@InRole(Role.API)
@RequestMapping(path = AssetController.PATH, produces = MediaType.APPLICATION_JSON_VALUE)
final class AssetController {
    static final String PATH = "/v1/assets";
    private static final String ID = "asset_id";
    private static final int CREATED = 201;
    private static final int REPLACED = 200;

    private final Assets assets;
    private final Policies policies;

    AssetController(Assets assets, Policies policies) {
        this.assets = assets;
        this.policies = policies;
    }

    @PutMapping("/{asset_id}")
    @Audited(value = "asset.put", object = "asset")
    ResponseEntity<AssetResponse> put(HttpServletRequest request, @PathVariable(ID) String assetId, Caller caller)
            throws IOException {
        Query.refuseAny(request);
        String id = PathIds.text(ID, assetId, TextRule.NAME);
        AssetSpec asset = permitted(reader().read(JsonBody.read(request, Limits.BODY_BYTES_MAX), id));
        PutAssetResult.Stored stored = stored(assets.put(List.of(asset), caller).get(0));
        ResponseEntity.BodyBuilder answer = ResponseEntity.status(stored.created() ? CREATED : REPLACED);
        if (stored.created()) {
            answer.location(URI.create(PATH + "/" + id));
        }
        return answer.body(AssetResponse.of(TenantContext.required(), stored.asset()));
    }

    @PostMapping("/batch")
    @Audited(value = "asset.put_batch", object = "asset")
    Map<String, List<Map<String, Object>>> putAll(HttpServletRequest request, Caller caller) throws IOException {
        Query.refuseAny(request);
        Batch<AssetSpec> batch = Batch.read(request, "assets");
        AssetReader reader = reader();
        batch.readEach(asset -> permitted(reader.read(asset, null)));
        return batch.answer(specs -> assets.put(specs, caller), AssetController::entry);
    }

    @GetMapping("/{asset_id}")
    AssetResponse get(HttpServletRequest request, @PathVariable(ID) String assetId) {
        Query.refuseAny(request);
        return assets.find(PathIds.text(ID, assetId, TextRule.NAME))
                .map(asset -> AssetResponse.of(TenantContext.required(), asset))
                .orElseThrow(() -> new ProblemException(ProblemCode.NOT_FOUND, "there is no such asset"));
    }

    @GetMapping
    PageResponse<AssetResponse> list(HttpServletRequest request) {
        Query query = Query.ofPage(request, "env", "sku_category", "sku_code", "status");
        AssetFilter filter = new AssetFilter(
                query.text("env", TextRule.ENV),
                query.text("sku_category", TextRule.NAME),
                query.text("sku_code", TextRule.SKU_PREFIX),
                query.constant("status", AssetStatus.class));
        PageRequest page = query.page();
        TenantId tenant = TenantContext.required();
        return PageResponse.of(assets.list(filter, page), asset -> AssetResponse.of(tenant, asset));
    }

    private AssetReader reader() {
        return new AssetReader(
                TenantContext.required(), policies.active().policy().currency());
    }

    /**
     * Refuses what no order could ever ask for, as a create of such an order is refused. What is there already may be put
     * again, or nobody could retire it under a policy that was narrowed.
     */
    private AssetSpec permitted(AssetSpec spec) {
        Policy policy = policies.active().policy();
        boolean envAllowed = policy.allowsEnv(spec.env());
        if (envAllowed && policy.allowsSkuCategory(spec.skuCategory())) {
            return spec;
        }
        Optional<String> categoryNow =
                assets.find(spec.assetId()).map(there -> there.spec().skuCategory());
        if (!envAllowed && categoryNow.isEmpty()) {
            throw new ProblemException(
                    ProblemCode.NOT_ALLOWED_BY_POLICY,
                    "/env",
                    "'" + spec.env() + "' is not among the policy's envs " + policy.envs());
        }
        if (!policy.allowsSkuCategory(spec.skuCategory()) && !categoryNow.equals(Optional.of(spec.skuCategory()))) {
            throw new ProblemException(
                    ProblemCode.NOT_ALLOWED_BY_POLICY,
                    "/sku_category",
                    "'" + spec.skuCategory() + "' is not among the policy's sku_categories " + policy.skuCategories());
        }
        return spec;
    }

    private static Map<String, Object> entry(PutAssetResult result) {
        PutAssetResult.Stored stored = stored(result);
        return Batch.entry(
                stored.created() ? CREATED : REPLACED,
                "asset",
                AssetResponse.of(TenantContext.required(), stored.asset()));
    }

    private static PutAssetResult.Stored stored(PutAssetResult result) {
        if (result instanceof PutAssetResult.Stored stored) {
            return stored;
        }
        if (result instanceof PutAssetResult.EnvFixed fixed) {
            throw new ProblemException(
                    ProblemCode.ILLEGAL_TRANSITION,
                    "/env",
                    "must stay '" + fixed.env() + "', was '" + fixed.sent() + "': an asset keeps its env");
        }
        if (result instanceof PutAssetResult.UsedUp up) {
            throw new ProblemException(
                    ProblemCode.ILLEGAL_TRANSITION,
                    "/status",
                    "must be RETIRED or be left out while the uses so far (" + up.uses() + ") reach max_uses ("
                            + up.maxUses() + "), was '" + up.sent()
                            + "'; a larger max_uses with it brings the asset back");
        }
        throw new IllegalStateException("unknown result of a put: " + result);
    }
}
