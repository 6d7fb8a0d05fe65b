package dev.taskorder.api.order;

import java.util.List;

/** What became of one create. A repeat is answered before policy and quota are looked at (api.md, "Order of checks"). */
public sealed interface CreateResult {
    /** The order is new. */
    record Created(TaskOrder order) implements CreateResult {}

    /** The same content came before under this key: the order as it is now. */
    record Replayed(TaskOrder order) implements CreateResult {}

    /** The key is taken by other content; the fields (snake_case) tell where they differ. */
    record KeyReused(List<String> differingFields) implements CreateResult {}

    /** The policy in force does not allow it; at least one rule of it is broken. */
    record NotAllowed(List<Objection> objections) implements CreateResult {}

    /**
     * What is against an order.
     *
     * @param pointer against which part of it, as a JSON pointer
     * @param message what that part is, and what stands against it; of the caller's own policy and pool alone
     */
    record Objection(String pointer, String message) {}

    /**
     * As many orders of the tenant are open as its policy allows.
     *
     * @param count how many are open
     */
    record QuotaExceeded(long limit, long count) implements CreateResult {}

    /** The tenant's whole pool could not serve it even if idle; at least one of its hints says why. */
    record NeverSatisfiable(List<Objection> objections) implements CreateResult {}
}
