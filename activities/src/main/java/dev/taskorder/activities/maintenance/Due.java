package dev.taskorder.activities.maintenance;

import dev.taskorder.api.tenant.TenantId;
import org.jspecify.annotations.Nullable;

/**
 * One piece of news from the look over all tenants: this tenant has something of this kind.
 *
 * @param env for {@link Kind#MATCH} only
 */
public record Due(Kind kind, TenantId tenant, @Nullable String env) {
    /** What can be due. */
    public enum Kind {
        /** Orders to start or signals to send. */
        DISPATCH,
        /** Marks that nobody served. */
        MATCH,
        /** Running orders past their deadline that no workflow settled. */
        OVERDUE,
        /** Leases past their expiry. */
        EXPIRED,
        /** Slots whose rest is over. */
        RESTED,
        /** Assets whose cool-down is over. */
        COOLED,
        /** Budgets whose period is over. */
        TURNED,
        /** Open orders of a tenant that may begin nothing, and whose policy says that they are cancelled then. */
        CANCELS,
        /** Open orders whose workflow is to be looked up. */
        CHECK,
        /** A look at whether the policy keeps all that there is. */
        CLEANS
    }
}
