package dev.taskorder.activities.ledger;

import dev.taskorder.activities.ledger.OwnEntry.Original;
import dev.taskorder.activities.tenant.TenantTransactions;
import dev.taskorder.api.ledger.CallerEntries;
import dev.taskorder.api.ledger.LedgerEntry;
import dev.taskorder.api.ledger.NewEntry;
import dev.taskorder.api.matching.MatchTrigger;
import java.time.LocalDate;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DuplicateKeyException;
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

    private final TenantTransactions transactions;
    private final JdbcClient jdbc;
    private final JdbcPostings postings;
    private final MatchTrigger matcher;

    JdbcCallerEntries(TenantTransactions transactions, JdbcClient jdbc, JdbcPostings postings, MatchTrigger matcher) {
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

    @Override
    public Result post(NewEntry entry) {
        Done done;
        try {
            done = transactions.in(() -> posted(entry));
        } catch (DuplicateKeyException | JdbcPostings.OtherContentException taken) {
            done = transactions.in(
                    () -> posted(entry)); // by another order meanwhile; who took it has committed, so it is seen now
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
        return write(posting.entryId(), OwnEntry.of(posting, account), account);
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
        Done written = write(reversal.entryId(), OwnEntry.of(reversal, original), account);
        if (written.freedIn() != null) {
            matcher.mark(account.env());
        }
        return written;
    }

    private static Result again(LedgerEntry entry, boolean same) {
        return same ? new Result.Posted(entry, true) : new Result.IdReused();
    }

    private Done write(String entryId, List<Line> lines, OrderAccount account) {
        Lines.Written written = new Lines.Written(lines, account.executorHold(), false);
        Postings.Posted posted = postings.write(account, null, written, JdbcPostings.Mode.ALL);
        Result result = new Result.Posted(find(entryId).orElseThrow().entry(), false);
        return new Done(result, posted.freed() ? account.env() : null);
    }

    private Optional<Original> find(String entryId) {
        return jdbc.sql(FIND)
                .param("entry", entryId)
                .query((row, rowNum) ->
                        new Original(EntryRows.entry(row, rowNum), row.getObject("counts_on", LocalDate.class)))
                .optional();
    }
}
