package dev.taskorder.activities.ledger;

import dev.taskorder.activities.tenant.TenantTransactions;
import dev.taskorder.api.ledger.LedgerEntry;
import dev.taskorder.api.ledger.LedgerFilter;
import dev.taskorder.api.page.Cursor;
import dev.taskorder.api.page.Listing;
import dev.taskorder.api.page.Page;
import dev.taskorder.api.page.PageRequest;
import dev.taskorder.api.tenant.TenantContext;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Entries of all orders, newest first: a page of them, or all of them portion by portion. */
final class EntryList {
    static final int PORTION_ROWS = 1000;
    private static final String LIST = "ledger-entries";

    private static final String PAGE = """
            SELECT %s
              FROM ledger_entry e
              JOIN task_order o ON o.tenant_id = e.tenant_id AND o.task_id = e.task_id
             WHERE e.tenant_id = current_tenant()%s
             ORDER BY e.created_at DESC, e.entry_no DESC
             LIMIT :rows
            """;

    private final TenantTransactions transactions;
    private final JdbcClient jdbc;

    EntryList(TenantTransactions transactions, JdbcClient jdbc) {
        this.transactions = transactions;
        this.jdbc = jdbc;
    }

    /** Where an entry stands in the list. */
    record Place(Instant createdAt, long entryNo) {
        static Place of(Listing list, String cursor) {
            List<String> keys = Cursor.decode(list, 2, cursor);
            return new Place(Cursor.instant(keys.get(0)), Cursor.number(keys.get(1)));
        }

        String cursor(Listing list) {
            return Cursor.encode(list, createdAt.toString(), Long.toString(entryNo));
        }
    }

    private record Row(LedgerEntry entry, long entryNo) {
        Place place() {
            return new Place(entry.createdAt(), entryNo);
        }
    }

    Page<LedgerEntry> list(LedgerFilter filter, PageRequest page) {
        int limit = page.limit();
        Listing list = listing(filter);
        List<Row> rows = rows(filter, page.cursor() == null ? null : Place.of(list, page.cursor()), limit + 1);
        boolean last = rows.size() <= limit;
        List<Row> shown = last ? rows : rows.subList(0, limit);
        String next = last ? null : shown.get(limit - 1).place().cursor(list);
        return new Page<>(shown.stream().map(Row::entry).toList(), next);
    }

    private static Listing listing(LedgerFilter filter) {
        return Listing.of(
                TenantContext.required(),
                LIST,
                filter.env(),
                filter.taskId(),
                filter.projectId(),
                filter.skuCategory(),
                filter.account(),
                filter.from(),
                filter.to());
    }

    /** A transaction per portion: a reader that is slow keeps no connection from others. */
    Iterator<List<LedgerEntry>> portions(LedgerFilter filter) {
        return new Portions(filter);
    }

    private List<Row> rows(LedgerFilter filter, @Nullable Place before, int rows) {
        Conditions conditions = Conditions.of(filter, before);
        return transactions.in(() -> jdbc.sql(conditions.page())
                .params(conditions.params())
                .param("rows", rows)
                .query((row, rowNum) -> new Row(EntryRows.entry(row, rowNum), row.getLong("entry_no")))
                .list());
    }

    private final class Portions implements Iterator<List<LedgerEntry>> {
        private final LedgerFilter filter;
        private @Nullable Place before;
        private boolean ended;

        Portions(LedgerFilter filter) {
            this.filter = filter;
        }

        @Override
        public boolean hasNext() {
            return !ended;
        }

        @Override
        public List<LedgerEntry> next() {
            if (ended) {
                throw new NoSuchElementException("all entries were read");
            }
            List<Row> rows = rows(filter, before, PORTION_ROWS);
            ended = rows.size() < PORTION_ROWS;
            if (!rows.isEmpty()) {
                before = rows.get(rows.size() - 1).place();
            }
            return rows.stream().map(Row::entry).toList();
        }
    }

    /** Only the conditions that are asked for: the planner then picks the index that fits them. */
    static final class Conditions {
        private final StringBuilder sql = new StringBuilder();
        private final Map<String, Object> params = new LinkedHashMap<>();

        static Conditions of(LedgerFilter filter, @Nullable Place before) {
            Conditions conditions = new Conditions();
            conditions.add("e.env = :env", "env", filter.env());
            conditions.add("e.task_id = :task", "task", filter.taskId());
            conditions.add("e.project_id = :project", "project", filter.projectId());
            conditions.add("e.sku_category = :category", "category", filter.skuCategory());
            conditions.account(filter.account());
            conditions.span(filter.from(), filter.to());
            if (before != null) {
                conditions.add("(e.created_at, e.entry_no) < (:before, :before_no)", "before", utc(before.createdAt()));
                conditions.params.put("before_no", before.entryNo());
            }
            return conditions;
        }

        /** The statement that reads so many {@code :rows}. */
        String page() {
            return PAGE.formatted(EntryRows.COLUMNS, sql);
        }

        /** What comes behind a {@code WHERE} that has one condition already. */
        String sql() {
            return sql.toString();
        }

        Map<String, Object> params() {
            return params;
        }

        void add(String condition, String name, @Nullable Object value) {
            if (value != null) {
                sql.append("\n   AND ").append(condition);
                params.put(name, value);
            }
        }

        void span(@Nullable Instant from, @Nullable Instant to) {
            add("e.created_at >= :from", "from", utc(from));
            add("e.created_at < :to", "to", utc(to));
        }

        private void account(@Nullable String account) {
            if (account != null && account.endsWith("*")) {
                String prefix = account.substring(0, account.length() - 1);
                add(
                        "(starts_with(e.debit_account, :account) OR starts_with(e.credit_account, :account))",
                        "account",
                        prefix);
            } else {
                add("(e.debit_account = :account OR e.credit_account = :account)", "account", account);
            }
        }

        private static @Nullable Object utc(@Nullable Instant time) {
            return time == null ? null : time.atOffset(ZoneOffset.UTC);
        }
    }
}
