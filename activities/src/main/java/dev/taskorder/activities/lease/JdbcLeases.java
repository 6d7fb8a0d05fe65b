package dev.taskorder.activities.lease;

import dev.taskorder.activities.json.Json;
import dev.taskorder.activities.ledger.LeasePrice;
import dev.taskorder.activities.tenant.TenantTransactions;
import dev.taskorder.api.lease.Lease;
import dev.taskorder.api.lease.LeaseDecision;
import dev.taskorder.api.lease.LeaseFilter;
import dev.taskorder.api.lease.Leases;
import dev.taskorder.api.page.Cursor;
import dev.taskorder.api.page.Listing;
import dev.taskorder.api.page.Page;
import dev.taskorder.api.page.PageRequest;
import dev.taskorder.api.tenant.TenantContext;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Owns what happens to a lease after its grant. */
final class JdbcLeases implements LeaseBook, Leases {
    private static final String LIST = "leases";

    /** Never before {@code acquired_at}, even when the clock was set back in between. */
    private static final String END_ALL = """
            WITH ended AS (
                UPDATE lease
                   SET state = :state, released_at = greatest(clock_timestamp(), acquired_at)
                 WHERE tenant_id = current_tenant() AND task_id = :task AND state = 'ACTIVE'
                RETURNING lease_id, asset_id, slot_no, used, unit_cost, held_on, sku_category, sku_code
            ), left_behind AS (
                UPDATE asset_slot s
                   SET rests_until = CASE WHEN :rest_ms > 0
                           THEN clock_timestamp() + :rest_ms * interval '1 millisecond' ELSE s.rests_until END,
                       reserved_for = :key::text, reserved_lease = CASE WHEN :key::text IS NOT NULL THEN e.lease_id END,
                       reserved_until = CASE WHEN :key::text IS NOT NULL
                           THEN clock_timestamp() + :ttl_s * interval '1 second' END
                  FROM ended e
                 WHERE s.tenant_id = current_tenant() AND s.asset_id = e.asset_id AND s.slot_no = e.slot_no
                   AND (:rest_ms > 0 OR :key::text IS NOT NULL)
            )
            SELECT asset_id, used, %s FROM ended ORDER BY lease_id
            """.formatted(LeasePrice.COLUMNS);

    private static final String UNSETTLED = """
            SELECT %s FROM lease l
             WHERE l.tenant_id = current_tenant() AND l.task_id = :task AND l.state <> 'ACTIVE' AND NOT l.used
               AND NOT EXISTS (SELECT FROM ledger_entry e
                                WHERE e.tenant_id = current_tenant() AND e.lease_id = l.lease_id
                                  AND e.phase IN ('POST', 'VOID', 'EXPIRE'))
            """.formatted(LeasePrice.COLUMNS);

    private static final String EXCHANGE = """
            UPDATE lease
               SET state = 'RELEASED', exchanged = true, released_at = greatest(clock_timestamp(), acquired_at)
             WHERE tenant_id = current_tenant() AND task_id = :task AND lease_id = ANY (:leases) AND state = 'ACTIVE'
            RETURNING asset_id, used,
            """ + LeasePrice.COLUMNS;
    private static final String REVOKE = """
            UPDATE lease
               SET state = 'REVOKED', exchanged = true, released_at = greatest(clock_timestamp(), acquired_at)
             WHERE tenant_id = current_tenant() AND lease_id = :lease AND state = 'ACTIVE'
            RETURNING asset_id, used,
            """ + LeasePrice.COLUMNS;
    private static final String DROP_RETENTION = """
            UPDATE asset_slot SET reserved_for = NULL, reserved_until = NULL, reserved_lease = NULL
             WHERE tenant_id = current_tenant() AND reserved_lease = :lease
            """;
    private static final String REST_SLOTS = """
            UPDATE asset_slot s
               SET rests_until = greatest(s.rests_until, clock_timestamp() + :rest_ms * interval '1 millisecond')
              FROM lease l
             WHERE l.tenant_id = current_tenant() AND l.task_id = :task AND l.state = 'ACTIVE' AND :rest_ms > 0
               AND s.tenant_id = l.tenant_id AND s.asset_id = l.asset_id AND s.slot_no = l.slot_no
            """;

    private static final String RENEW_TOKENS = """
            UPDATE lease SET fencing_token = nextval('fencing_token')
             WHERE tenant_id = current_tenant() AND task_id = :task AND state = 'ACTIVE'
            RETURNING lease_id, fencing_token
            """;
    private static final String SELECT = """
            SELECT lease_id, task_id, asset_id, hint_index, state, acquired_at, expires_at, released_at,
                   fencing_token, unit_cost, currency, decision
              FROM lease
             WHERE tenant_id = current_tenant()
            """;
    private static final String FIND = SELECT + "AND lease_id = :lease";
    private static final String PAGE = SELECT + """
               AND (:state::text IS NULL OR state = :state)
               AND (:asset::text IS NULL OR asset_id = :asset)
               AND (:task::uuid IS NULL OR task_id = :task)
               AND (:before::timestamptz IS NULL OR (acquired_at, lease_id) < (:before, :before_id))
             ORDER BY acquired_at DESC, lease_id DESC
             LIMIT :rows
            """;

    private final TenantTransactions transactions;
    private final JdbcClient jdbc;

    JdbcLeases(TenantTransactions transactions, JdbcClient jdbc) {
        this.transactions = transactions;
        this.jdbc = jdbc;
    }

    @Override
    public List<ReleasedLease> endAll(UUID taskId, Lease.State end, long restMs) {
        return endAll(taskId, end, restMs, null);
    }

    @Override
    public List<ReleasedLease> releaseAll(UUID taskId, long restMs, @Nullable Retention retention) {
        return endAll(taskId, Lease.State.RELEASED, restMs, retention);
    }

    private List<ReleasedLease> endAll(UUID taskId, Lease.State end, long restMs, @Nullable Retention retention) {
        return jdbc.sql(END_ALL)
                .param("state", end.name())
                .param("task", taskId)
                .param("rest_ms", restMs)
                .param("key", retention == null ? null : retention.key(), java.sql.Types.VARCHAR)
                .param("ttl_s", retention == null ? 0 : retention.ttlSeconds())
                .query(JdbcLeases::released)
                .list();
    }

    @Override
    public Optional<Lease> find(UUID leaseId) {
        return jdbc.sql(FIND).param("lease", leaseId).query(JdbcLeases::lease).optional();
    }

    @Override
    public List<LeasePrice> unsettled(UUID taskId) {
        return jdbc.sql(UNSETTLED)
                .param("task", taskId)
                .query((row, rowNum) -> LeasePrice.of(row))
                .list();
    }

    @Override
    public List<ReleasedLease> exchange(UUID taskId, List<UUID> leaseIds) {
        return jdbc.sql(EXCHANGE)
                .param("task", taskId)
                .param("leases", leaseIds.toArray(UUID[]::new))
                .query(JdbcLeases::released)
                .list();
    }

    @Override
    public Optional<ReleasedLease> revoke(UUID leaseId) {
        return jdbc.sql(REVOKE)
                .param("lease", leaseId)
                .query(JdbcLeases::released)
                .optional();
    }

    @Override
    public boolean dropRetention(UUID leaseId) {
        return jdbc.sql(DROP_RETENTION).param("lease", leaseId).update() > 0;
    }

    @Override
    public void restSlots(UUID taskId, long restMs) {
        jdbc.sql(REST_SLOTS).param("task", taskId).param("rest_ms", restMs).update();
    }

    @Override
    public Map<UUID, Long> renewTokens(UUID taskId) {
        Map<UUID, Long> tokens = new HashMap<>();
        jdbc.sql(RENEW_TOKENS).param("task", taskId).query(row -> {
            tokens.put(row.getObject("lease_id", UUID.class), row.getLong("fencing_token"));
        });
        return tokens;
    }

    @Override
    public Page<Lease> list(LeaseFilter filter, PageRequest page) {
        Listing list = Listing.of(TenantContext.required(), LIST, filter.state(), filter.assetId(), filter.taskId());
        @Nullable OffsetDateTime before = null;
        @Nullable UUID beforeId = null;
        if (page.cursor() != null) {
            List<String> keys = Cursor.decode(list, 2, page.cursor());
            before = Cursor.instant(keys.get(0)).atOffset(java.time.ZoneOffset.UTC);
            beforeId = Cursor.uuid(keys.get(1));
        }
        JdbcClient.StatementSpec query = jdbc.sql(PAGE)
                .param("state", filter.state() == null ? null : filter.state().name(), java.sql.Types.VARCHAR)
                .param("asset", filter.assetId(), java.sql.Types.VARCHAR)
                .param("task", filter.taskId(), java.sql.Types.OTHER)
                .param("before", before, java.sql.Types.TIMESTAMP_WITH_TIMEZONE)
                .param("before_id", beforeId, java.sql.Types.OTHER)
                .param("rows", page.limit() + 1);
        return page(list, transactions.in(() -> query.query(JdbcLeases::lease).list()), page.limit());
    }

    private static ReleasedLease released(ResultSet row, int rowNum) throws SQLException {
        return new ReleasedLease(
                row.getObject("lease_id", UUID.class),
                row.getString("asset_id"),
                row.getBoolean("used"),
                LeasePrice.of(row));
    }

    private static Page<Lease> page(Listing list, List<Lease> rows, int limit) {
        if (rows.size() <= limit) {
            return new Page<>(rows, null);
        }
        Lease last = rows.get(limit - 1);
        String next =
                Cursor.encode(list, last.acquiredAt().toString(), last.leaseId().toString());
        return new Page<>(rows.subList(0, limit), next);
    }

    private static Lease lease(ResultSet row, int rowNum) throws SQLException {
        return new Lease(
                row.getObject("lease_id", UUID.class),
                row.getObject("task_id", UUID.class),
                row.getString("asset_id"),
                row.getInt("hint_index"),
                Lease.State.valueOf(row.getString("state")),
                row.getObject("acquired_at", OffsetDateTime.class).toInstant(),
                row.getObject("expires_at", OffsetDateTime.class).toInstant(),
                instant(row, "released_at"),
                row.getLong("fencing_token"),
                row.getBigDecimal("unit_cost"),
                row.getString("currency"),
                Json.read(row.getString("decision"), LeaseDecision.class));
    }

    private static @Nullable Instant instant(ResultSet row, String column) throws SQLException {
        OffsetDateTime time = row.getObject(column, OffsetDateTime.class);
        return time == null ? null : time.toInstant();
    }
}
