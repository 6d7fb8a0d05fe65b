package dev.taskorder.activities.ledger;

import dev.taskorder.activities.tenant.TenantTransactions;
import dev.taskorder.api.ledger.Ledger;
import dev.taskorder.api.ledger.LedgerEntry;
import dev.taskorder.api.ledger.LedgerFilter;
import dev.taskorder.api.ledger.OrderLedger;
import dev.taskorder.api.ledger.Summary;
import dev.taskorder.api.ledger.SummaryQuestion;
import dev.taskorder.api.page.Page;
import dev.taskorder.api.page.PageRequest;
import java.math.BigDecimal;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Reads the books: whatever it tells is worked out from the entries. */
final class JdbcLedgerReports implements Ledger {
    private static final String ORDER = """
            SELECT currency, business_value_hint FROM task_order
             WHERE tenant_id = current_tenant() AND task_id = :task
            """;
    private static final String OF_ORDER = """
            SELECT %s
              FROM ledger_entry e
              JOIN task_order o ON o.tenant_id = e.tenant_id AND o.task_id = e.task_id
             WHERE e.tenant_id = current_tenant() AND e.task_id = :task
             ORDER BY e.entry_no
            """.formatted(EntryRows.COLUMNS);

    private record Header(String currency, @Nullable BigDecimal promisedValue) {}

    private final TenantTransactions transactions;
    private final JdbcClient jdbc;
    private final EntryList entries;
    private final LedgerSummaries summaries;

    JdbcLedgerReports(TenantTransactions transactions, JdbcClient jdbc) {
        this.transactions = transactions;
        this.jdbc = jdbc;
        this.entries = new EntryList(transactions, jdbc);
        this.summaries = new LedgerSummaries(transactions, jdbc);
    }

    @Override
    public Optional<OrderLedger> ofOrder(UUID taskId) {
        return transactions.in(() -> jdbc.sql(ORDER)
                .param("task", taskId)
                .query((row, rowNum) -> new Header(row.getString("currency"), row.getBigDecimal("business_value_hint")))
                .optional()
                .map(header -> ledgerOf(taskId, header)));
    }

    private OrderLedger ledgerOf(UUID taskId, Header header) {
        List<LedgerEntry> entries =
                jdbc.sql(OF_ORDER).param("task", taskId).query(EntryRows::entry).list();
        return new OrderLedger(entries, LedgerTotals.of(entries, header.currency()), header.promisedValue());
    }

    @Override
    public Page<LedgerEntry> list(LedgerFilter filter, PageRequest page) {
        return entries.list(filter, page);
    }

    @Override
    public Iterator<List<LedgerEntry>> portions(LedgerFilter filter) {
        return entries.portions(filter);
    }

    @Override
    public Summary summary(SummaryQuestion question) {
        return summaries.of(question);
    }
}
