package dev.taskorder.api.order;

/**
 * A hint that the tenant's whole pool could not serve even if it were idle.
 *
 * @param index its place in the order, from 0
 * @param message what it wants and what excluded the assets, with numbers; of the caller's own pool alone
 */
public record UnservableHint(int index, String message) {
    /** Where it stands in the body of a create. */
    public String pointer() {
        return "/resource_hints/" + index;
    }
}
