package dev.taskorder.activities.ledger;

import dev.taskorder.activities.testing.Tenant;
import dev.taskorder.api.order.TaskOrder;
import java.math.BigDecimal;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** Writes entries of any kind, at any time, as no step would. */
final class Entries {
    private static final AtomicInteger IDS = new AtomicInteger();
    private static final String INSERT = """
            INSERT INTO ledger_entry (entry_id, task_id, phase, kind, debit_account, credit_account, amount, currency, env,
                   project_id, sku_category, sku_code, created_at)
            SELECT :id, task_id, :phase, 'test', :debit, :credit, :amount, currency, env, project_id, :category, :sku, :at::timestamptz
              FROM task_order WHERE task_id = :task
            """;

    private final Tenant tenant;

    Entries(Tenant tenant) {
        this.tenant = tenant;
    }

    String spent(TaskOrder order, String amount, @Nullable String sku, String at) {
        return write(order, "POST", "spend:lease:C", "wallet", amount, sku, at);
    }

    String earned(TaskOrder order, String amount, String at) {
        return write(order, "POST", "wallet", "revenue:sale", amount, null, at);
    }

    /** @param sku becomes the code, and what is before its first dot the category */
    String write(
            TaskOrder order,
            String phase,
            String debit,
            String credit,
            String amount,
            @Nullable String sku,
            String at) {
        String id = "e-" + IDS.incrementAndGet();
        tenant.sql(jdbc -> jdbc.sql(INSERT)
                .param("id", id)
                .param("task", order.taskId())
                .param("phase", phase)
                .param("debit", debit)
                .param("credit", credit)
                .param("amount", new BigDecimal(amount))
                .param("category", sku == null ? null : sku.split("\\.")[0], java.sql.Types.VARCHAR)
                .param("sku", sku, java.sql.Types.VARCHAR)
                .param("at", at)
                .update());
        return id;
    }
}
