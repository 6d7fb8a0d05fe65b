package dev.taskorder.activities.ledger;

import dev.taskorder.activities.json.Json;
import dev.taskorder.activities.ledger.OwnEntry.Original;
import dev.taskorder.activities.tenant.TenantTransactions;
import dev.taskorder.api.ledger.CallerEntries;
import dev.taskorder.api.ledger.LedgerEntry;
import dev.taskorder.api.ledger.NewEntry;
import dev.taskorder.api.matching.MatchTrigger;
import java.sql.Types;
import java.time.LocalDate;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Writes callers' entries, one at a time and under the lock of their order, so that a repeat sees what was there. */
final class JdbcCallerEntries implements CallerEntries {
    private static final String FIND = """
            SELECT %s, e.counts_on
              FROM ledger_entry e
              JOIN task_order o ON o.tenant_id = e.tenant_id AND o.task_id = e.task_id
             WHERE e.tenant_id = current_tenant() AND e.entry_id = :entry
            """.formatted(EntryRows.COLUMNS);
    private static final String REVERSED_BY = """
            SELECT entry_id FROM ledger_entry WHERE tenant_id = current_tenant() AND reverses = :entry
            """;

    /**
     * What budgets and the order count follows from the row that is written, and a cost that a budget does not cover is
     * written all the same: it has happened.
     */
    private static final String POST = """
            WITH line AS MATERIALIZED (
                SELECT *
                  FROM jsonb_to_record(:line::jsonb)
                       AS l(entry_id text, phase text, kind text, debit text, credit text, amount numeric, counts_on date,
                            lease_id uuid, sku_category text, sku_code text, reverses text, note text)
            ), charged AS MATERIALIZED (
                SELECT charge_budgets(:env, :moves::jsonb, false) AS covered
            ), posted AS (
                INSERT INTO ledger_entry (entry_id, task_id, phase, kind, debit_account, credit_account, amount, currency, env,
                       project_id, lease_id, sku_category, sku_code, reverses, note, counts_on)
                SELECT entry_id, :task, phase, kind, CASE WHEN covered THEN debit ELSE 'overrun' END, credit, amount, :currency,
                       :env, :project, lease_id, sku_category, sku_code, reverses, note,
                       coalesce(counts_on, (now() AT TIME ZONE 'UTC')::date)
                  FROM line, charged
                ON CONFLICT DO NOTHING
                RETURNING debit_account AS debit, credit_account AS credit, amount
            ), moved AS MATERIALIZED (
                SELECT sum(CASE WHEN starts_with(debit, 'spend:') THEN amount
                                WHEN starts_with(credit, 'spend:') THEN -amount ELSE 0 END) AS posted,
                       sum(CASE 'overrun' WHEN debit THEN amount WHEN credit THEN -amount ELSE 0 END) AS overrun,
                       count(*) AS rows
                  FROM posted
            ), counted AS (
                UPDATE task_order o
                   SET posted = o.posted + m.posted, overrun = o.overrun + m.overrun
                  FROM moved m
                 WHERE o.tenant_id = current_tenant() AND o.task_id = :task AND (m.posted <> 0 OR m.overrun <> 0)
            )
            SELECT rows FROM moved
            """;

    private final TenantTransactions transactions;
    private final JdbcClient jdbc;
    private final Postings postings;
    private final MatchTrigger matcher;

    JdbcCallerEntries(TenantTransactions transactions, JdbcClient jdbc, Postings postings, MatchTrigger matcher) {
        this.transactions = transactions;
        this.jdbc = jdbc;
        this.postings = postings;
        this.matcher = matcher;
    }

    /** @param freedIn the env in which others may be granted something for what was taken back; null if nothing was */
    private record Done(Result result, @Nullable String freedIn) {
        static Done of(Result result) {
            return new Done(result, null);
        }
    }

    /** An order that the caller does not hold the lock of got an entry of the same id meanwhile. */
    private static final class IdTakenException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        IdTakenException() {
            super("the entry id was taken meanwhile", null, false, false);
        }
    }

    @Override
    public Result post(NewEntry entry) {
        Done done;
        try {
            done = transactions.in(() -> posted(entry));
        } catch (IdTakenException taken) {
            done = transactions.in(() -> posted(entry)); // whoever took it has committed: it is seen now
        }
        if (done.freedIn() != null) {
            matcher.run(done.freedIn());
        }
        return done.result();
    }

    private Done posted(NewEntry entry) {
        if (entry instanceof NewEntry.Posting posting) {
            return postings.lock(posting.taskId())
                    .map(account -> posted(posting, account))
                    .orElse(Done.of(new Result.NoSuchOrder()));
        }
        NewEntry.Reversal reversal = (NewEntry.Reversal) entry;
        Optional<Original> original = find(reversal.reverses());
        if (original.isEmpty()) {
            return Done.of(find(reversal.entryId()).isPresent() ? new Result.IdReused() : new Result.NoSuchEntry());
        }
        OrderAccount account = postings.lock(original.get().entry().taskId()).orElseThrow();
        return reversed(reversal, original.get(), account);
    }

    private Done posted(NewEntry.Posting posting, OrderAccount account) {
        Optional<Original> there = find(posting.entryId());
        if (there.isPresent()) {
            return Done.of(again(
                    there.get().entry(), OwnEntry.isSame(posting, there.get().entry())));
        }
        if (!posting.currency().equals(account.currency())) {
            return Done.of(new Result.OtherCurrency(account.currency()));
        }
        return Done.of(write(OwnEntry.of(posting, account), account));
    }

    private Done reversed(NewEntry.Reversal reversal, Original original, OrderAccount account) {
        Optional<Original> there = find(reversal.entryId());
        if (there.isPresent()) {
            return Done.of(again(
                    there.get().entry(), OwnEntry.isSame(reversal, there.get().entry())));
        }
        LedgerEntry entry = original.entry();
        if (entry.phase() != LedgerEntry.Phase.POST || entry.amount().signum() == 0) {
            return Done.of(new Result.NotReversible(entry.phase()));
        }
        Optional<String> by = jdbc.sql(REVERSED_BY)
                .param("entry", entry.entryId())
                .query(String.class)
                .optional();
        if (by.isPresent()) {
            return Done.of(new Result.ReversedAlready(by.get()));
        }
        OwnEntry line = OwnEntry.of(reversal, original, account);
        Result written = write(line, account);
        if (line.moves() == null) {
            return Done.of(written);
        }
        matcher.mark(account.env());
        return new Done(written, account.env());
    }

    private static Result again(LedgerEntry entry, boolean same) {
        return same ? new Result.Posted(entry, true) : new Result.IdReused();
    }

    private Result write(OwnEntry entry, OrderAccount account) {
        long rows = jdbc.sql(POST)
                .param("line", Json.write(entry.line()))
                .param("moves", entry.moves() == null ? null : Json.write(entry.moves()), Types.VARCHAR)
                .param("task", account.taskId())
                .param("env", account.env())
                .param("project", account.projectId())
                .param("currency", account.currency())
                .query(Long.class)
                .single();
        if (rows == 0) {
            throw new IdTakenException(); // and all that was counted is undone
        }
        return new Result.Posted(find(entry.line().entry_id()).orElseThrow().entry(), false);
    }

    private Optional<Original> find(String entryId) {
        return jdbc.sql(FIND)
                .param("entry", entryId)
                .query((row, rowNum) ->
                        new Original(EntryRows.entry(row, rowNum), row.getObject("counts_on", LocalDate.class)))
                .optional();
    }
}
