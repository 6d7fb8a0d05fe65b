package dev.taskorder.api.operation;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Something that is done to many orders.
 *
 * @param dryRun whether it only counts: then it is done at once, and {@code done} stays 0
 * @param matched how many orders it is about, from the beginning on
 * @param done those to which it was done, by whomever
 * @param failed those to which it could not be done
 * @param estimates what it is expected to cost, by currency; empty if that was not asked
 * @param waitsFor what keeps it from going on, as the code of a refusal; null if nothing does
 * @param finishedAt null while it is RUNNING
 * @param failures some of those that failed
 */
public record BulkOperation(
        UUID operationId,
        Kind kind,
        State state,
        boolean dryRun,
        int matched,
        int done,
        int failed,
        Map<String, BigDecimal> estimates,
        @Nullable String waitsFor,
        Instant createdAt,
        @Nullable Instant finishedAt,
        List<Failure> failures) {
    /** What is done. */
    public enum Kind {
        CANCEL,
        REDRIVE
    }

    /** How far it is. */
    public enum State {
        RUNNING,
        /** To each of its orders it was done, or could not be. */
        DONE,
        /** Somebody stopped it where it was. */
        ABORTED
    }

    /** Why it could not be done to an order. */
    public record Failure(UUID taskId, String problem) {}
}
