package dev.taskorder.activities.ledger;

import dev.taskorder.api.ledger.LedgerEntry;
import dev.taskorder.api.ledger.LedgerEntry.Phase;
import dev.taskorder.api.ledger.NewEntry;
import java.math.BigDecimal;
import java.time.LocalDate;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * An entry that a caller writes, and what of it counts in budgets. Pure: what is asked for in, the row out.
 *
 * @param moves for {@code charge_budgets}; null if no budget is concerned
 */
record OwnEntry(Line line, @Nullable List<Move> moves) {
    /** @param counts_on null for today; names are those of the statement's record */
    record Line(
            String entry_id,
            Phase phase,
            String kind,
            String debit,
            String credit,
            BigDecimal amount,
            @Nullable LocalDate counts_on,
            @Nullable UUID lease_id,
            @Nullable String sku_category,
            @Nullable String sku_code,
            @Nullable String reverses,
            @Nullable String note) {}

    /** @param asked counts as spent where every budget covers it, else as overrun */
    record Move(
            String project,
            String currency,
            @Nullable LocalDate counts_on,
            BigDecimal posted,
            BigDecimal overrun,
            BigDecimal asked) {}

    /** @param countsOn the day by which budgets count it */
    record Original(LedgerEntry entry, LocalDate countsOn) {}

    /** A cost that the order's own ceiling does not bear is overrun; whether budgets do is asked when it is written. */
    static OwnEntry of(NewEntry.Posting posting, OrderAccount account) {
        BigDecimal amount = posting.amount();
        if (posting.kind() == NewEntry.Kind.REVENUE) {
            return new OwnEntry(line(posting, Accounts.WALLET, Accounts.REVENUE_MANUAL), null);
        }
        if (posting.kind() == NewEntry.Kind.REFUND) {
            return new OwnEntry(line(posting, Accounts.REVENUE_MANUAL, Accounts.WALLET), null);
        }
        boolean borne = account.bears(amount);
        return new OwnEntry(
                line(posting, borne ? Accounts.SPEND_MANUAL : Accounts.OVERRUN, Accounts.WALLET),
                List.of(new Move(
                        account.projectId(),
                        account.currency(),
                        null,
                        BigDecimal.ZERO,
                        borne ? BigDecimal.ZERO : amount,
                        borne ? amount : BigDecimal.ZERO)));
    }

    /** The transfer back; what came out of a hold goes to the wallet, for that hold is settled. */
    static OwnEntry of(NewEntry.Reversal reversal, Original original, OrderAccount account) {
        LedgerEntry entry = original.entry();
        String source = entry.creditAccount().equals(Accounts.HELD) ? Accounts.WALLET : entry.creditAccount();
        Line line = new Line(
                reversal.entryId(),
                Phase.REVERSE,
                entry.kind(),
                source,
                entry.debitAccount(),
                entry.amount(),
                original.countsOn(),
                entry.leaseId(),
                entry.skuCategory(),
                entry.skuCode(),
                entry.entryId(),
                reversal.note());
        boolean spent = entry.debitAccount().startsWith(Accounts.SPEND);
        if (!spent && !entry.debitAccount().equals(Accounts.OVERRUN)) {
            return new OwnEntry(line, null);
        }
        BigDecimal back = entry.amount().negate();
        return new OwnEntry(
                line,
                List.of(new Move(
                        account.projectId(),
                        account.currency(),
                        original.countsOn(),
                        spent ? back : BigDecimal.ZERO,
                        spent ? BigDecimal.ZERO : back,
                        BigDecimal.ZERO)));
    }

    private static Line line(NewEntry.Posting posting, String debit, String credit) {
        return new Line(
                posting.entryId(),
                Phase.POST,
                posting.kind().label(),
                debit,
                credit,
                posting.amount(),
                null,
                null,
                null,
                null,
                null,
                posting.note());
    }

    /** Whether it is this that was written, by value. Callers' ids are never those of entries that we derive. */
    static boolean isSame(NewEntry.Posting posting, LedgerEntry entry) {
        return entry.phase() == Phase.POST
                && posting.taskId().equals(entry.taskId())
                && posting.kind().label().equals(entry.kind())
                && posting.amount().compareTo(entry.amount()) == 0
                && posting.currency().equals(entry.currency())
                && Objects.equals(posting.note(), entry.note());
    }

    static boolean isSame(NewEntry.Reversal reversal, LedgerEntry entry) {
        return reversal.reverses().equals(entry.reverses()) && Objects.equals(reversal.note(), entry.note());
    }
}
