package dev.taskorder.activities.policy;

import dev.taskorder.activities.json.Json;
import dev.taskorder.activities.tenant.Changes;
import dev.taskorder.activities.tenant.TenantTransactions;
import dev.taskorder.api.execution.Executor;
import dev.taskorder.api.page.Cursor;
import dev.taskorder.api.page.Listing;
import dev.taskorder.api.page.Page;
import dev.taskorder.api.page.PageRequest;
import dev.taskorder.api.policy.PolicyAdmin;
import dev.taskorder.api.tenant.Caller;
import dev.taskorder.api.tenant.TenantContext;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Adds to {@code tenant_policy} and says in {@code tenant} which version is in force. */
final class JdbcPolicyAdmin implements PolicyAdmin {
    private static final String LIST = "policies";

    /** Parts that are taken key by key; what stands in others is the caller's whole list or table. */
    private static final Set<String> SECTIONS =
            Set.of("quotas", "defaults", "value", "asset_health", "retained_leases", "budget", "handlers", "retention");

    /** Versions are counted by who holds this, so that none is there twice. */
    private static final String LOCK =
            "SELECT active_policy FROM tenant WHERE tenant_id = current_tenant() FOR NO KEY UPDATE";

    private static final String ADD = """
            INSERT INTO tenant_policy (version, body)
            SELECT max(version) + 1, :body::jsonb FROM tenant_policy WHERE tenant_id = current_tenant()
            RETURNING version
            """;

    private static final String ACTIVATE = """
            WITH changed AS (
                UPDATE tenant SET active_policy = :version, updated_at = clock_timestamp()
                 WHERE tenant_id = current_tenant() AND active_policy <> :version
                RETURNING tenant_id
            )
            INSERT INTO task_event (object_type, object_id, type, actor)
            SELECT 'policy', 'tenant_policy.v' || :version, 'policy.activated', :actor FROM changed
            """;

    private static final String PAGE = """
            SELECT p.version, p.version = t.active_policy AS active, p.body
              FROM tenant_policy p
              JOIN tenant t ON t.tenant_id = p.tenant_id
             WHERE p.tenant_id = current_tenant() AND p.version BETWEEN :from_version AND :to_version
             ORDER BY p.version DESC
             LIMIT :rows
            """;

    private final TenantTransactions transactions;
    private final JdbcClient jdbc;
    private final Changes changes;
    private final Set<String> executors;

    JdbcPolicyAdmin(TenantTransactions transactions, JdbcClient jdbc, Changes changes, Collection<Executor> executors) {
        this.transactions = transactions;
        this.jdbc = jdbc;
        this.changes = changes;
        this.executors = executors.stream().map(Executor::name).collect(Collectors.toCollection(TreeSet::new));
    }

    @Override
    public Map<String, @Nullable Object> filled(Map<String, @Nullable Object> body) {
        Map<String, @Nullable Object> filled = new LinkedHashMap<>(Json.object(BuiltInPolicy.BODY));
        body.forEach((key, value) -> filled.merge(
                key,
                value == null ? Map.of() : value,
                (builtIn, sent) -> SECTIONS.contains(key) ? merged(builtIn, sent) : sent));
        return filled;
    }

    private static Object merged(Object builtIn, Object sent) {
        Map<Object, @Nullable Object> section = new LinkedHashMap<>((Map<?, ?>) builtIn);
        section.putAll((Map<?, ?>) sent);
        return section;
    }

    @Override
    public Set<String> executors() {
        return executors;
    }

    @Override
    public Version add(Map<String, @Nullable Object> body) {
        return transactions.in(() -> {
            jdbc.sql(LOCK).query(Integer.class).single();
            int version = jdbc.sql(ADD)
                    .param("body", Json.write(body))
                    .query(Integer.class)
                    .single();
            return new Version(version, false, body);
        });
    }

    @Override
    public Optional<Version> activate(int number, Caller caller) {
        Optional<Version> now = transactions.in(() -> {
            if (find(number).isEmpty()) {
                return Optional.empty();
            }
            jdbc.sql(ACTIVATE)
                    .param("version", number)
                    .param("actor", caller.actor())
                    .update();
            return find(number);
        });
        changes.tell(TenantContext.required());
        return now;
    }

    @Override
    public Optional<Version> find(int number) {
        return versions(number, number, 1).stream().findFirst();
    }

    @Override
    public Page<Version> list(PageRequest page) {
        Listing listing = Listing.of(TenantContext.required(), LIST);
        long before = page.cursor() == null
                ? Integer.MAX_VALUE
                : Cursor.number(Cursor.decode(listing, 1, page.cursor()).get(0)) - 1;
        int to = (int) Math.max(0, Math.min(before, Integer.MAX_VALUE));
        List<Version> versions = versions(1, to, page.limit() + 1);
        if (versions.size() <= page.limit()) {
            return new Page<>(versions, null);
        }
        int last = versions.get(page.limit() - 1).number();
        return new Page<>(versions.subList(0, page.limit()), Cursor.encode(listing, String.valueOf(last)));
    }

    private List<Version> versions(int from, int to, int rows) {
        return transactions.in(() -> jdbc.sql(PAGE)
                .param("from_version", from)
                .param("to_version", to)
                .param("rows", rows)
                .query(JdbcPolicyAdmin::version)
                .list());
    }

    private static Version version(ResultSet row, int rowNum) throws SQLException {
        return new Version(row.getInt("version"), row.getBoolean("active"), Json.object(row.getString("body")));
    }
}
