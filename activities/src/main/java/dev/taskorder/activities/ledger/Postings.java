package dev.taskorder.activities.ledger;

/** Posts to the ledger, in the transaction of what caused it. */
public interface Postings {
    /**
     * Posts an attempt that began: its leases, its {@code execution} entry, its costs and its revenue. A second call
     * posts nothing new.
     *
     * @throws IllegalStateException if an entry is there already under the same id with other content: a fault of ours
     */
    void post(AttemptBill bill);
}
