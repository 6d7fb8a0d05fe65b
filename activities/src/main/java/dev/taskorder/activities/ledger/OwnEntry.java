package dev.taskorder.activities.ledger;

import dev.taskorder.activities.ledger.Line.Part;
import dev.taskorder.activities.ledger.Line.Transfer;
import dev.taskorder.api.ledger.LedgerEntry;
import dev.taskorder.api.ledger.LedgerEntry.Phase;
import dev.taskorder.api.ledger.NewEntry;
import java.math.BigDecimal;
import java.time.LocalDate;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** An entry that a caller writes. Pure: what is asked for in, what is written out. */
final class OwnEntry {
    private static final Transfer SPENT = new Transfer(Accounts.WALLET, Accounts.SPEND_MANUAL);
    private static final Transfer OVERRUN = new Transfer(Accounts.WALLET, Accounts.OVERRUN);
    private static final Transfer EARNED = new Transfer(Accounts.REVENUE_MANUAL, Accounts.WALLET);
    private static final Transfer GIVEN_BACK = new Transfer(Accounts.WALLET, Accounts.REVENUE_MANUAL);

    private OwnEntry() {}

    /** @param countsOn the day by which budgets count it */
    record Original(LedgerEntry entry, LocalDate countsOn) {}

    /**
     * A cost is one entry, spent or overrun as a whole, so that what was written under an id is what was asked for: it is
     * overrun if the order's own ceiling or one of its budgets does not bear all of it.
     */
    static List<Line> of(NewEntry.Posting posting, OrderAccount account) {
        return switch (posting.kind()) {
            case REVENUE -> List.of(line(posting, EARNED));
            case REFUND -> List.of(line(posting, GIVEN_BACK));
            case COST -> cost(posting, account.room(BigDecimal.ZERO));
        };
    }

    private static List<Line> cost(NewEntry.Posting posting, @Nullable BigDecimal room) {
        BigDecimal amount = posting.amount();
        return room != null && room.compareTo(amount) < 0
                ? List.of(line(posting, OVERRUN))
                : List.of(
                        line(posting, SPENT).as(Part.COVERED, amount, 0),
                        line(posting, OVERRUN).as(Part.REST, amount, 0));
    }

    /** The transfer back; what came out of a hold goes to the wallet, for that hold is settled. */
    static List<Line> of(NewEntry.Reversal reversal, Original original) {
        LedgerEntry entry = original.entry();
        String source = entry.creditAccount().equals(Accounts.HELD) ? Accounts.WALLET : entry.creditAccount();
        Transfer back = new Transfer(entry.debitAccount(), source);
        return List.of(new Line(reversal.entryId(), Phase.REVERSE, entry.kind(), back, entry.amount())
                .of(entry.leaseId(), entry.skuCategory(), entry.skuCode())
                .on(original.countsOn())
                .reversing(entry.entryId())
                .noted(reversal.note()));
    }

    private static Line line(NewEntry.Posting posting, Transfer transfer) {
        return new Line(posting.entryId(), Phase.POST, posting.kind().label(), transfer, posting.amount())
                .noted(posting.note());
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
