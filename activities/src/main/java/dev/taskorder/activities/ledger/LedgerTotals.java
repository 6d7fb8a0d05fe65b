package dev.taskorder.activities.ledger;

import dev.taskorder.api.ledger.LedgerEntry;
import dev.taskorder.api.ledger.OrderLedger;
import java.math.BigDecimal;
import java.util.List;

/** Adds entries up; an account's balance is what it was debited less what it was credited. */
final class LedgerTotals {
    private LedgerTotals() {}

    static OrderLedger.Totals of(List<LedgerEntry> entries, String currency) {
        BigDecimal revenue = balance(entries, Accounts.REVENUE).negate();
        BigDecimal held = balance(entries, Accounts.HELD);
        BigDecimal overrun = balance(entries, Accounts.OVERRUN);
        // what no hold covered was spent all the same
        BigDecimal cost = balance(entries, Accounts.SPEND).add(overrun);
        return new OrderLedger.Totals(cost, revenue, revenue.subtract(cost), held, overrun, currency);
    }

    private static BigDecimal balance(List<LedgerEntry> entries, String accountPrefix) {
        BigDecimal balance = BigDecimal.ZERO.setScale(6);
        for (LedgerEntry entry : entries) {
            if (entry.debitAccount().startsWith(accountPrefix)) {
                balance = balance.add(entry.amount());
            }
            if (entry.creditAccount().startsWith(accountPrefix)) {
                balance = balance.subtract(entry.amount());
            }
        }
        return balance;
    }
}
