package dev.taskorder.activities.audit;

import dev.taskorder.activities.tenant.TenantTransactions;
import dev.taskorder.api.audit.AuditEntry;
import dev.taskorder.api.audit.AuditFilter;
import dev.taskorder.api.audit.AuditOutcome;
import dev.taskorder.api.audit.AuditRecord;
import dev.taskorder.api.audit.AuditRecord.AuditObject;
import dev.taskorder.api.audit.AuditRecord.AuditOrigin;
import dev.taskorder.api.audit.AuditTrail;
import dev.taskorder.api.page.Cursor;
import dev.taskorder.api.page.Listing;
import dev.taskorder.api.page.Page;
import dev.taskorder.api.page.PageRequest;
import dev.taskorder.api.tenant.TenantContext;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Reads {@code audit_entry}, newest first. */
final class JdbcAuditTrail implements AuditTrail {
    private static final String LIST = "audit";

    private static final String PAGE = """
            SELECT entry_no, at, actor, role, key_id, action, object_type, object_id, outcome, code, remote_address, trace_id
              FROM audit_entry
             WHERE tenant_id = current_tenant()%s
             ORDER BY at DESC, entry_no DESC
             LIMIT :rows
            """;

    private final TenantTransactions transactions;
    private final JdbcClient jdbc;

    JdbcAuditTrail(TenantTransactions transactions, JdbcClient jdbc) {
        this.transactions = transactions;
        this.jdbc = jdbc;
    }

    private record Row(AuditEntry entry, long entryNo) {
        String cursor(Listing list) {
            return Cursor.encode(list, entry.at().toString(), Long.toString(entryNo));
        }
    }

    @Override
    public Page<AuditEntry> list(AuditFilter filter, PageRequest page) {
        Listing list = listing(filter);
        Conditions conditions = Conditions.of(filter);
        if (page.cursor() != null) {
            List<String> keys = Cursor.decode(list, 2, page.cursor());
            conditions.before(Cursor.instant(keys.get(0)), Cursor.number(keys.get(1)));
        }
        int limit = page.limit();
        List<Row> rows = read(conditions, limit + 1);
        boolean last = rows.size() <= limit;
        List<Row> shown = last ? rows : rows.subList(0, limit);
        String next = last ? null : shown.get(limit - 1).cursor(list);
        return new Page<>(shown.stream().map(Row::entry).toList(), next);
    }

    private static Listing listing(AuditFilter filter) {
        return Listing.of(
                TenantContext.required(),
                LIST,
                filter.actor(),
                filter.action(),
                filter.objectType(),
                filter.objectId(),
                filter.outcome(),
                filter.from(),
                filter.to());
    }

    private List<Row> read(Conditions conditions, int rows) {
        return transactions.in(() -> jdbc.sql(PAGE.formatted(conditions.sql))
                .params(conditions.params)
                .param("rows", rows)
                .query(JdbcAuditTrail::row)
                .list());
    }

    private static Row row(ResultSet row, int rowNum) throws SQLException {
        String type = row.getString("object_type");
        AuditRecord act = new AuditRecord(
                row.getString("actor"),
                row.getString("role"),
                row.getString("key_id"),
                row.getString("action"),
                type == null ? null : new AuditObject(type, row.getString("object_id")),
                AuditOutcome.valueOf(row.getString("outcome")),
                row.getString("code"),
                new AuditOrigin(row.getString("remote_address"), row.getString("trace_id")));
        Instant at = row.getObject("at", OffsetDateTime.class).toInstant();
        return new Row(new AuditEntry(at, act), row.getLong("entry_no"));
    }

    /** Only the conditions that are asked for: the planner then picks the index that fits them. */
    private static final class Conditions {
        private final StringBuilder sql = new StringBuilder();
        private final Map<String, Object> params = new LinkedHashMap<>();

        static Conditions of(AuditFilter filter) {
            Conditions conditions = new Conditions();
            conditions.add("actor = :actor", "actor", filter.actor());
            conditions.add("action = :action", "action", filter.action());
            conditions.add("object_type = :object_type", "object_type", filter.objectType());
            conditions.add("object_id = :object_id", "object_id", filter.objectId());
            AuditOutcome outcome = filter.outcome();
            conditions.add("outcome = :outcome", "outcome", outcome == null ? null : outcome.name());
            conditions.add("at >= :from", "from", utc(filter.from()));
            conditions.add("at < :to", "to", utc(filter.to()));
            return conditions;
        }

        void before(Instant at, long entryNo) {
            add("(at, entry_no) < (:before, :before_no)", "before", utc(at));
            params.put("before_no", entryNo);
        }

        private void add(String condition, String name, @Nullable Object value) {
            if (value != null) {
                sql.append("\n   AND ").append(condition);
                params.put(name, value);
            }
        }

        private static @Nullable Object utc(@Nullable Instant time) {
            return time == null ? null : time.atOffset(ZoneOffset.UTC);
        }
    }
}
