package dev.taskorder.activities.asset;

import dev.taskorder.activities.json.Json;
import dev.taskorder.activities.tenant.TenantTransactions;
import dev.taskorder.api.asset.Asset;
import dev.taskorder.api.asset.AssetFilter;
import dev.taskorder.api.asset.AssetSpec;
import dev.taskorder.api.asset.AssetStatus;
import dev.taskorder.api.asset.Assets;
import dev.taskorder.api.asset.PutAssetResult;
import dev.taskorder.api.matching.MatchTrigger;
import dev.taskorder.api.page.Cursor;
import dev.taskorder.api.page.Listing;
import dev.taskorder.api.page.Page;
import dev.taskorder.api.page.PageRequest;
import dev.taskorder.api.tenant.Caller;
import dev.taskorder.api.tenant.TenantContext;
import java.sql.Types;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Owns {@code asset} and makes its slots. */
final class JdbcAssets implements Assets {
    private static final String LIST = "assets";

    /** What a status becomes: an asset whose uses are up is retired, whatever else is said of it. */
    private static final String STATUS =
            "CASE WHEN a.uses >= :max_uses::int THEN 'RETIRED' ELSE coalesce(:status, a.status) END";

    /**
     * Writes only what differs: the same PUT twice changes nothing and tells nobody. An asset's env never changes. The
     * row is locked before it is read, so that of two bans at once only one is told as such. A score that is set is made
     * of the sums by what they are worth, and a status that is set ends the cool-down.
     * A slot that is there is not offered again: an insert would wait for whoever just changes it, and who ends an order does,
     * before it tells the asset.
     */
    private static final String PUT = """
            WITH before AS (
                SELECT status FROM asset WHERE tenant_id = current_tenant() AND asset_id = :asset FOR NO KEY UPDATE
            ), banned AS MATERIALIZED (
                SELECT count(*) > 0 AS already FROM before WHERE status = 'BANNED'
            ), stored AS (
                INSERT INTO asset AS a (asset_id, env, sku_category, sku_code, attributes, status, health_score,
                       health_weight, health_value, max_concurrency, unit_cost, currency, max_uses, handle)
                SELECT :asset, :env, :category, :sku, :attributes::jsonb, coalesce(:status, 'AVAILABLE'),
                       coalesce(:health, 100), :new_weight,
                       least(:new_weight, :new_weight * coalesce(:health, 100)::double precision / 100),
                       :concurrency, :unit_cost, :currency, :max_uses::int, :handle
                  FROM banned
                ON CONFLICT ON CONSTRAINT asset_pkey DO UPDATE
                   SET sku_category = excluded.sku_category, sku_code = excluded.sku_code,
                       attributes = excluded.attributes, status = %1$s,
                       health_score = coalesce(:health, a.health_score),
                       health_value = CASE WHEN coalesce(:health, a.health_score) = a.health_score THEN a.health_value
                           ELSE least(a.health_weight, a.health_weight * :health::double precision / 100) END,
                       bad_in_row = CASE :status WHEN 'AVAILABLE' THEN 0 ELSE a.bad_in_row END,
                       cool_until = CASE %1$s WHEN 'COOLING_DOWN' THEN a.cool_until END,
                       max_concurrency = excluded.max_concurrency,
                       capacity_lowered_at = CASE WHEN excluded.max_concurrency < a.max_concurrency
                           THEN clock_timestamp() ELSE a.capacity_lowered_at END,
                       unit_cost = excluded.unit_cost,
                       currency = excluded.currency, max_uses = excluded.max_uses, handle = excluded.handle,
                       updated_at = clock_timestamp()
                 WHERE a.env = excluded.env
                   AND (a.sku_category, a.sku_code, a.attributes, a.status, a.health_score, a.max_concurrency,
                        a.unit_cost, a.currency, a.max_uses, a.handle, a.bad_in_row)
                       IS DISTINCT FROM
                       (excluded.sku_category, excluded.sku_code, excluded.attributes, %1$s,
                        coalesce(:health, a.health_score), excluded.max_concurrency, excluded.unit_cost,
                        excluded.currency, excluded.max_uses, excluded.handle,
                        CASE :status WHEN 'AVAILABLE' THEN 0 ELSE a.bad_in_row END)
                RETURNING asset_id, max_concurrency, status, health_score, unit_cost, max_uses, uses, xmax = 0 AS created
            ), slots AS (
                INSERT INTO asset_slot (asset_id, slot_no)
                SELECT asset_id, no FROM stored, generate_series(1, max_concurrency) AS no
                 WHERE NOT EXISTS (SELECT FROM asset_slot s
                                    WHERE s.tenant_id = current_tenant() AND s.asset_id = stored.asset_id AND s.slot_no = no)
                ON CONFLICT ON CONSTRAINT asset_slot_pkey DO NOTHING
            ), told AS (
                INSERT INTO task_event (object_type, object_id, type, actor, data)
                SELECT 'asset', asset_id,
                       CASE WHEN status = 'BANNED' AND NOT already THEN 'asset.banned' ELSE 'asset.changed' END,
                       :actor,
                       jsonb_build_object('status', status, 'health_score', health_score, 'unit_cost', unit_cost,
                           'max_concurrency', max_concurrency, 'max_uses', max_uses, 'uses', uses, 'created', created)
                  FROM stored, banned
            )
            SELECT created FROM stored
            """.formatted(STATUS);

    private static final String USES = """
            SELECT uses FROM asset
             WHERE tenant_id = current_tenant() AND asset_id = :asset AND env = :env
               FOR NO KEY UPDATE
            """;

    private static final String SELECT = """
            SELECT a.asset_id, a.env, a.sku_category, a.sku_code, a.attributes, a.status, a.health_score,
                   a.max_concurrency, a.unit_cost, a.currency, a.max_uses, a.handle, a.updated_at,
                   (SELECT count(*) FROM lease l
                     WHERE l.tenant_id = current_tenant() AND l.asset_id = a.asset_id AND l.state = 'ACTIVE') AS in_use,
                   (SELECT count(*) FROM asset_slot s
                     WHERE s.tenant_id = current_tenant() AND s.asset_id = a.asset_id
                       AND (s.rests_until IS NOT NULL OR s.reserved_until IS NOT NULL) AND s.reserved_until > now()) AS reserved
              FROM asset a
             WHERE a.tenant_id = current_tenant()
            """;
    private static final String FIND = SELECT + " AND a.asset_id = :asset";
    private static final String PAGE = SELECT + """
               AND (:env::text IS NULL OR a.env = :env)
               AND (:category::text IS NULL OR a.sku_category = :category)
               AND (:prefix::text IS NULL OR a.sku_code ^@ :prefix)
               AND (:status::text IS NULL OR a.status = :status)
               AND (:after::text IS NULL OR a.asset_id > :after)
             ORDER BY a.asset_id
             LIMIT :rows
            """;

    private final TenantTransactions transactions;
    private final JdbcClient jdbc;
    private final MatchTrigger matcher;

    JdbcAssets(TenantTransactions transactions, JdbcClient jdbc, MatchTrigger matcher) {
        this.transactions = transactions;
        this.jdbc = jdbc;
        this.matcher = matcher;
    }

    @Override
    public List<PutAssetResult> put(List<AssetSpec> assets, Caller caller) {
        Set<String> changedEnvs = new TreeSet<>();
        Map<Integer, PutAssetResult> results = transactions.in(() -> {
            Map<Integer, PutAssetResult> all = new TreeMap<>();
            // by id, so that two batches lock rows in one direction
            IntStream.range(0, assets.size())
                    .boxed()
                    .sorted(Comparator.comparing(i -> assets.get(i).assetId()))
                    .forEach(i -> all.put(i, put(assets.get(i), caller, changedEnvs)));
            changedEnvs.forEach(matcher::mark);
            return all;
        });
        changedEnvs.forEach(matcher::run);
        return List.copyOf(results.values());
    }

    private PutAssetResult put(AssetSpec spec, Caller caller, Set<String> changedEnvs) {
        PutAssetResult.@Nullable UsedUp usedUp = usedUp(spec);
        return usedUp == null ? store(spec, caller, changedEnvs) : usedUp;
    }

    /** Whether it is to come back, or be banned, although its uses are up. Its row stays locked. */
    private PutAssetResult.@Nullable UsedUp usedUp(AssetSpec spec) {
        Integer max = spec.maxUses();
        AssetStatus status = spec.status();
        if (max == null || status == null || status == AssetStatus.RETIRED) {
            return null;
        }
        int uses = jdbc.sql(USES)
                .param("asset", spec.assetId())
                .param("env", spec.env())
                .query(Integer.class)
                .optional()
                .orElse(0);
        return uses < max ? null : new PutAssetResult.UsedUp(uses, max, status);
    }

    private PutAssetResult store(AssetSpec spec, Caller caller, Set<String> changedEnvs) {
        Optional<Boolean> created = jdbc.sql(PUT)
                .param("asset", spec.assetId())
                .param("env", spec.env())
                .param("category", spec.skuCategory())
                .param("sku", spec.skuCode())
                .param("attributes", Json.write(spec.attributes()))
                .param("status", spec.status() == null ? null : spec.status().name(), Types.VARCHAR)
                .param("health", spec.healthScore(), Types.NUMERIC)
                .param("new_weight", Health.NEW_ASSET_WEIGHT)
                .param("concurrency", spec.maxConcurrency())
                .param("unit_cost", spec.unitCost())
                .param("currency", spec.currency())
                .param("max_uses", spec.maxUses(), Types.INTEGER)
                .param("handle", spec.handle() == null ? spec.assetId() : spec.handle())
                .param("actor", caller.actor())
                .query(Boolean.class)
                .optional();
        created.ifPresent(isNew -> changedEnvs.add(spec.env()));
        Asset now = read(spec.assetId()).orElseThrow();
        return now.spec().env().equals(spec.env())
                ? new PutAssetResult.Stored(now, created.orElse(false))
                : new PutAssetResult.EnvFixed(now.spec().env(), spec.env());
    }

    @Override
    public Optional<Asset> find(String assetId) {
        return transactions.in(() -> read(assetId));
    }

    private Optional<Asset> read(String assetId) {
        return jdbc.sql(FIND).param("asset", assetId).query(AssetRows::asset).optional();
    }

    @Override
    public Page<Asset> list(AssetFilter filter, PageRequest page) {
        Listing list = Listing.of(
                TenantContext.required(),
                LIST,
                filter.env(),
                filter.skuCategory(),
                filter.skuCodePrefix(),
                filter.status());
        @Nullable
        String after = page.cursor() == null
                ? null
                : Cursor.name(Cursor.decode(list, 1, page.cursor()).get(0));
        List<Asset> rows = transactions.in(() -> jdbc.sql(PAGE)
                .param("env", filter.env(), Types.VARCHAR)
                .param("category", filter.skuCategory(), Types.VARCHAR)
                .param("prefix", filter.skuCodePrefix(), Types.VARCHAR)
                .param(
                        "status",
                        filter.status() == null ? null : filter.status().name(),
                        Types.VARCHAR)
                .param("after", after, Types.VARCHAR)
                .param("rows", page.limit() + 1)
                .query(AssetRows::asset)
                .list());
        if (rows.size() <= page.limit()) {
            return new Page<>(rows, null);
        }
        List<Asset> items = rows.subList(0, page.limit());
        String last = items.get(items.size() - 1).spec().assetId();
        return new Page<>(items, Cursor.encode(list, last));
    }
}
