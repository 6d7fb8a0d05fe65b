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

    /** The pinned policy does not allow it. */
    record NotAllowed(String pointer, String message) implements CreateResult {}

    /**
     * As many orders of the tenant are open as its policy allows.
     *
     * @param count how many are open
     */
    record QuotaExceeded(long limit, long count) implements CreateResult {}

    /** The tenant's whole pool could not serve it even if idle; at least one hint says why. */
    record NeverSatisfiable(List<UnservableHint> hints) implements CreateResult {}
}
