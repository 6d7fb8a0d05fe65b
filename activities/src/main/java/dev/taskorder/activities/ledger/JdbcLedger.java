package dev.taskorder.activities.ledger;

import dev.taskorder.activities.json.Json;
import dev.taskorder.activities.tenant.TenantTransactions;
import dev.taskorder.api.execution.Money;
import dev.taskorder.api.ledger.Ledger;
import dev.taskorder.api.ledger.LedgerEntry;
import dev.taskorder.api.ledger.OrderLedger;
import java.math.BigDecimal;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Owns {@code ledger_entry}. */
final class JdbcLedger implements Postings, Ledger {
    /** A lease's entry is named after the lease, so that no number of attempts charges it twice. */
    private static final String POST = """
            WITH wanted AS (
                SELECT 'lease.' || l.lease_id AS entry_id, 'lease' AS kind, :spend_lease || l.sku_category AS debit,
                       :wallet AS credit, l.unit_cost AS amount, l.lease_id, l.sku_category, l.sku_code, 0 AS position
                  FROM lease l
                 WHERE l.tenant_id = current_tenant() AND l.lease_id = ANY (:leases) AND l.unit_cost > 0
                UNION ALL
                SELECT p.entry_id, p.kind, p.debit, p.credit, p.amount, NULL, NULL, NULL, p.position
                  FROM jsonb_to_recordset(:lines::jsonb)
                       AS p(entry_id text, kind text, debit text, credit text, amount numeric, position int)
            ), posted AS (
                INSERT INTO ledger_entry (entry_id, task_id, attempt, phase, kind, debit_account, credit_account,
                       amount, currency, env, project_id, lease_id, sku_category, sku_code)
                SELECT entry_id, :task, :attempt, 'POST', kind, debit, credit, amount, :currency, :env, :project,
                       lease_id, sku_category, sku_code
                  FROM wanted
                 ORDER BY position, entry_id
                ON CONFLICT ON CONSTRAINT ledger_entry_pkey DO NOTHING
            )
            SELECT w.entry_id
              FROM wanted w
              JOIN ledger_entry e ON e.tenant_id = current_tenant() AND e.entry_id = w.entry_id
             WHERE (e.task_id, e.kind, e.debit_account, e.credit_account, e.amount, e.currency)
                   IS DISTINCT FROM (:task, w.kind, w.debit, w.credit, w.amount, :currency)
            """;

    private static final String ORDER = """
            SELECT idempotency_key, external_ref, currency FROM task_order
             WHERE tenant_id = current_tenant() AND task_id = :task
            """;
    private static final String OF_ORDER = """
            SELECT entry_id, attempt, phase, kind, debit_account, credit_account, amount, currency, lease_id,
                   sku_category, sku_code, reverses, created_at
              FROM ledger_entry
             WHERE tenant_id = current_tenant() AND task_id = :task
             ORDER BY entry_no
            """;

    private record Line(String entry_id, String kind, String debit, String credit, BigDecimal amount, int position) {}

    private record Header(
            UUID taskId, String idempotencyKey, @Nullable String externalRef, String currency) {}

    private final TenantTransactions transactions;
    private final JdbcClient jdbc;

    JdbcLedger(TenantTransactions transactions, JdbcClient jdbc) {
        this.transactions = transactions;
        this.jdbc = jdbc;
    }

    @Override
    public void post(AttemptBill bill) {
        List<String> different = jdbc.sql(POST)
                .param("spend_lease", Accounts.spendOnLeases(""))
                .param("wallet", Accounts.WALLET)
                .param("leases", bill.leaseIds().toArray(UUID[]::new))
                .param("lines", Json.write(linesOf(bill)))
                .param("task", bill.taskId())
                .param("attempt", bill.attempt())
                .param("currency", bill.currency())
                .param("env", bill.env())
                .param("project", bill.projectId())
                .query(String.class)
                .list();
        if (!different.isEmpty()) {
            throw new IllegalStateException("ledger entries " + different + " are there already with other content");
        }
    }

    private static List<Line> linesOf(AttemptBill bill) {
        List<Line> lines = new ArrayList<>();
        String prefix = bill.taskId() + "." + bill.attempt();
        lines.add(new Line(
                prefix + ".execution", "execution", Accounts.SPEND_EXECUTION, Accounts.WALLET, BigDecimal.ZERO, 1));
        for (Money cost : nonZero(bill.costs())) {
            String total = cost.amount().stripTrailingZeros().toPlainString();
            String id = prefix + ".cost." + cost.kind() + "." + total;
            lines.add(new Line(
                    id, cost.kind(), Accounts.spendByExecutor(cost.kind()), Accounts.WALLET, cost.amount(), 2));
        }
        for (Money earned : nonZero(bill.revenue())) {
            String id = prefix + ".revenue." + earned.kind();
            lines.add(
                    new Line(id, earned.kind(), Accounts.WALLET, Accounts.revenue(earned.kind()), earned.amount(), 3));
        }
        return lines;
    }

    private static List<Money> nonZero(List<Money> amounts) {
        return amounts.stream().filter(money -> money.amount().signum() > 0).toList();
    }

    @Override
    public Optional<OrderLedger> ofOrder(UUID taskId) {
        return transactions.in(() -> jdbc.sql(ORDER)
                .param("task", taskId)
                .query((row, rowNum) -> new Header(
                        taskId,
                        row.getString("idempotency_key"),
                        row.getString("external_ref"),
                        row.getString("currency")))
                .optional()
                .map(this::ledgerOf));
    }

    private OrderLedger ledgerOf(Header header) {
        List<LedgerEntry> entries = jdbc.sql(OF_ORDER)
                .param("task", header.taskId())
                .query((row, rowNum) -> entry(row, header))
                .list();
        return new OrderLedger(entries, LedgerTotals.of(entries, header.currency()));
    }

    private static LedgerEntry entry(ResultSet row, Header header) throws SQLException {
        return new LedgerEntry(
                row.getString("entry_id"),
                header.taskId(),
                header.idempotencyKey(),
                header.externalRef(),
                row.getObject("attempt", Integer.class),
                LedgerEntry.Phase.valueOf(row.getString("phase")),
                row.getString("kind"),
                row.getString("debit_account"),
                row.getString("credit_account"),
                row.getBigDecimal("amount"),
                row.getString("currency"),
                row.getObject("lease_id", UUID.class),
                row.getString("sku_category"),
                row.getString("sku_code"),
                row.getString("reverses"),
                row.getObject("created_at", OffsetDateTime.class).toInstant());
    }
}
