package dev.taskorder.api.ledger;

import dev.taskorder.api.page.Page;
import dev.taskorder.api.page.PageRequest;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** The books of the bound tenant. */
public interface Ledger {
    /** What the order cost and earned; nothing if there is no such order of this tenant. */
    Optional<OrderLedger> ofOrder(UUID taskId);

    /** Newest first. */
    Page<LedgerEntry> list(LedgerFilter filter, PageRequest page);

    /**
     * All of them, newest first, read a portion at a time as it is asked for; between two portions nothing is held open,
     * so whoever asks may be slow. What is written meanwhile may be missing.
     */
    Iterator<List<LedgerEntry>> portions(LedgerFilter filter);

    /** What the entries come to, group by group. */
    Summary summary(SummaryQuestion question);
}
