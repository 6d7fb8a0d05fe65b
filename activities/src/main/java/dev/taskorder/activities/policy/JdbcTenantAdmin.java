package dev.taskorder.activities.policy;

import dev.taskorder.activities.tenant.Changes;
import dev.taskorder.activities.tenant.SystemTransactions;
import dev.taskorder.activities.tenant.TenantTransactions;
import dev.taskorder.api.matching.MatchTrigger;
import dev.taskorder.api.page.BadCursorException;
import dev.taskorder.api.page.Cursor;
import dev.taskorder.api.page.Listing;
import dev.taskorder.api.page.Page;
import dev.taskorder.api.page.PageRequest;
import dev.taskorder.api.tenant.Caller;
import dev.taskorder.api.tenant.TenantAdmin;
import dev.taskorder.api.tenant.TenantContext;
import dev.taskorder.api.tenant.TenantId;
import dev.taskorder.api.tenant.TenantView;
import dev.taskorder.api.tenant.Tenants;
import java.sql.Types;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Writes {@code tenant}; each change tells of itself in the events of the tenant. */
final class JdbcTenantAdmin implements TenantAdmin {
    private static final String LIST = "tenants";

    private static final String MAKE = """
            WITH born AS (
                INSERT INTO tenant (tenant_id, name, expires_at)
                VALUES (current_tenant(), :tenant_name, :expires_at)
                    ON CONFLICT ON CONSTRAINT tenant_pkey DO NOTHING
                RETURNING tenant_id
            ), ruled AS (
                INSERT INTO tenant_policy (version, body) SELECT 1, :body::jsonb FROM born
            ), told AS (
                INSERT INTO task_event (object_type, object_id, type, actor)
                SELECT 'tenant', tenant_id, 'tenant.created', :actor FROM born
            )
            SELECT count(*) > 0 FROM born
            """;

    private static final String CHANGE = """
            WITH changed AS (
                UPDATE tenant SET name = :tenant_name, expires_at = :expires_at, updated_at = clock_timestamp()
                 WHERE tenant_id = current_tenant() AND (name, expires_at) IS DISTINCT FROM (:tenant_name, :expires_at)
                RETURNING tenant_id
            ), told AS (
                INSERT INTO task_event (object_type, object_id, type, actor)
                SELECT 'tenant', tenant_id, 'tenant.updated', :actor FROM changed
            )
            SELECT count(*) > 0 FROM changed
            """;

    private static final String SET_STATUS = """
            WITH changed AS (
                UPDATE tenant
                   SET status = :tenant_status, updated_at = clock_timestamp(),
                       suspended_at = CASE :tenant_status WHEN 'SUSPENDED' THEN clock_timestamp() END,
                       suspended_by = CASE :tenant_status WHEN 'SUSPENDED' THEN :actor END,
                       suspended_reason = CASE :tenant_status WHEN 'SUSPENDED' THEN :reason::text END
                 WHERE tenant_id = current_tenant() AND status <> :tenant_status
                RETURNING tenant_id
            ), told AS (
                INSERT INTO task_event (object_type, object_id, type, actor, data)
                SELECT 'tenant', tenant_id, :event_type, :actor,
                       jsonb_strip_nulls(jsonb_build_object('reason', :reason::text))
                  FROM changed
            )
            SELECT count(*) > 0 FROM changed
            """;

    /** Wherever somebody waits: what was wanted meanwhile was looked at and not served. */
    private static final String MARK_QUEUES = """
            INSERT INTO match_wanted (env)
            SELECT DISTINCT env FROM task_order
             WHERE tenant_id = current_tenant() AND waits_since IS NOT NULL AND cancel_requested_at IS NULL
            RETURNING env
            """;

    private static final String IDS = """
            SELECT tenant_id FROM tenant
             WHERE tenant_id > :after AND tenant_id <> '_system' ORDER BY tenant_id LIMIT :rows
            """;

    private final TenantTransactions transactions;
    private final SystemTransactions system;
    private final JdbcClient jdbc;
    private final Tenants tenants;
    private final Around around;

    /** Who has to know of a change. */
    record Around(Changes changes, MatchTrigger matcher) {}

    JdbcTenantAdmin(
            TenantTransactions transactions,
            SystemTransactions system,
            JdbcClient jdbc,
            Tenants tenants,
            Around around) {
        this.transactions = transactions;
        this.system = system;
        this.jdbc = jdbc;
        this.tenants = tenants;
        this.around = around;
    }

    @Override
    public Put put(String name, @Nullable Instant expiresAt, Caller caller) {
        boolean created = changing(() -> {
            boolean isNew = written(MAKE, name, expiresAt, caller);
            return isNew || written(CHANGE, name, expiresAt, caller) ? Optional.of(isNew) : Optional.empty();
        });
        return new Put(current().orElseThrow(), created);
    }

    private boolean written(String statement, String name, @Nullable Instant expiresAt, Caller caller) {
        JdbcClient.StatementSpec filled = jdbc.sql(statement)
                .param("tenant_name", name)
                .param(
                        "expires_at",
                        expiresAt == null ? null : expiresAt.atOffset(ZoneOffset.UTC),
                        Types.TIMESTAMP_WITH_TIMEZONE)
                .param("actor", caller.actor());
        return (statement.equals(MAKE) ? filled.param("body", BuiltInPolicy.BODY) : filled)
                .query(Boolean.class)
                .single();
    }

    @Override
    public Optional<TenantView> suspend(@Nullable String reason, Caller caller) {
        return set("SUSPENDED", "tenant.suspended", reason, caller);
    }

    @Override
    public Optional<TenantView> activate(@Nullable String reason, Caller caller) {
        return set("ACTIVE", "tenant.resumed", reason, caller);
    }

    private Optional<TenantView> set(String status, String event, @Nullable String reason, Caller caller) {
        changing(() -> jdbc.sql(SET_STATUS)
                        .param("tenant_status", status)
                        .param("event_type", event)
                        .param("reason", reason, Types.VARCHAR)
                        .param("actor", caller.actor())
                        .query(Boolean.class)
                        .single()
                ? Optional.of(true)
                : Optional.empty());
        return current();
    }

    /** @param change empty if it changed nothing; then nobody is told */
    private boolean changing(Supplier<Optional<Boolean>> change) {
        TenantId tenant = TenantContext.required();
        record Done(boolean answer, List<String> envs) {}
        Done done = transactions.in(() -> change.get()
                .map(answer -> new Done(
                        answer, jdbc.sql(MARK_QUEUES).query(String.class).list()))
                .orElse(new Done(false, List.of())));
        around.changes().tell(tenant);
        done.envs().stream().distinct().forEach(around.matcher()::run);
        return done.answer();
    }

    private Optional<TenantView> current() {
        return tenants.find(TenantContext.required());
    }

    @Override
    public Page<TenantView> list(PageRequest page) {
        Listing listing = Listing.of(TenantId.SYSTEM, LIST);
        String after = page.cursor() == null ? "" : after(listing, page.cursor());
        List<String> ids = system.in(() -> jdbc.sql(IDS)
                .param("after", after)
                .param("rows", page.limit() + 1)
                .query(String.class)
                .list());
        List<TenantView> views = ids.stream()
                .limit(page.limit())
                .flatMap(id -> tenants.find(new TenantId(id)).stream())
                .toList();
        return new Page<>(views, ids.size() > page.limit() ? Cursor.encode(listing, ids.get(page.limit() - 1)) : null);
    }

    private static String after(Listing listing, String cursor) {
        String id = Cursor.decode(listing, 1, cursor).get(0);
        if (!TenantId.isWellFormed(id)) {
            throw BadCursorException.notOfThisList();
        }
        return id;
    }
}
