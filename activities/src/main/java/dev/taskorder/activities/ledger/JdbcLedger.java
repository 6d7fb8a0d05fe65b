package dev.taskorder.activities.ledger;

import dev.taskorder.activities.json.Json;
import dev.taskorder.api.execution.Money;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Owns {@code ledger_entry}. */
final class JdbcLedger implements Postings {
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

    private record Line(String entry_id, String kind, String debit, String credit, BigDecimal amount, int position) {}

    private final JdbcClient jdbc;

    JdbcLedger(JdbcClient jdbc) {
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
}
