package dev.taskorder.activities.ledger;

import dev.taskorder.api.ledger.LedgerEntry;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.UUID;

/** Entries as they are read: never without the names that upstream books know their order by. */
final class EntryRows {
    /** What {@link #entry} reads, of {@code ledger_entry e} and its {@code task_order o}. */
    static final String COLUMNS = """
            e.entry_id, e.entry_no, e.task_id, o.idempotency_key, o.external_ref, e.env, e.project_id, e.attempt,
                   e.phase, e.kind, e.debit_account, e.credit_account, e.amount, e.currency, e.lease_id, e.sku_category,
                   e.sku_code, e.reverses, e.note, e.created_at""";

    private EntryRows() {}

    static LedgerEntry entry(ResultSet row, int rowNum) throws SQLException {
        return new LedgerEntry(
                row.getString("entry_id"),
                row.getObject("task_id", UUID.class),
                row.getString("idempotency_key"),
                row.getString("external_ref"),
                row.getString("env"),
                row.getString("project_id"),
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
                row.getString("note"),
                row.getObject("created_at", OffsetDateTime.class).toInstant());
    }
}
