package dev.taskorder.api.ledger;

/** Entries that callers of the bound tenant write themselves. */
public interface CallerEntries {
    /** Writes the entry, or nothing at all; the same again writes nothing more. */
    Result post(NewEntry entry);

    /** What became of it. */
    sealed interface Result {
        /**
         * It is in the books.
         *
         * @param again whether it was there already
         */
        record Posted(LedgerEntry entry, boolean again) implements Result {}

        /** An entry of other content has the id. */
        record IdReused() implements Result {}

        /** There is no such order of this tenant. */
        record NoSuchOrder() implements Result {}

        /** An order keeps its books in this one currency. */
        record OtherCurrency(String ofOrder) implements Result {}

        /** There is no entry of this tenant to take back. */
        record NoSuchEntry() implements Result {}

        /** Only what was posted, and not for nothing, can be taken back; this entry is of another phase, or of 0. */
        record NotReversible(LedgerEntry.Phase phase) implements Result {}

        /** It was taken back by this entry. */
        record ReversedAlready(String by) implements Result {}
    }
}
