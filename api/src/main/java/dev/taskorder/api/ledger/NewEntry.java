package dev.taskorder.api.ledger;

import java.math.BigDecimal;
import java.util.Locale;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What a caller writes into the ledger, under an id of its own. */
public sealed interface NewEntry {
    String entryId();

    @Nullable
    String note();

    /** What a caller's entry is about. */
    enum Kind {
        /** Something earned. */
        REVENUE,
        /** Something spent: it counts in budgets and against the order's ceiling, and is written whatever they say. */
        COST,
        /** Something earned that was given back. */
        REFUND;

        /** Its name as callers write it. */
        public String label() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * Money that an order cost or earned, or gives back.
     *
     * @param amount above 0, of at most 6 fraction digits
     */
    record Posting(
            String entryId,
            UUID taskId,
            Kind kind,
            BigDecimal amount,
            String currency,
            @Nullable String note) implements NewEntry {
        public Posting {
            if (amount.signum() <= 0 || !Amounts.isAmount(amount)) {
                throw new IllegalArgumentException("amount must be above 0 and fit numeric(20,6), was " + amount);
            }
        }
    }

    /** Takes a whole entry back. */
    record Reversal(
            String entryId, String reverses, @Nullable String note) implements NewEntry {}
}
