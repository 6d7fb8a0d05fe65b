package dev.taskorder.activities.invariant;

import java.util.Locale;

/** What must always hold; a name is part of what we promise to whoever watches. */
public enum Invariant {
    LEASE_WITHOUT_ORDER("take them back: POST /v1/leases/{lease_id}/release"),
    SLOT_SHARED("release all of its leases but one, then REINDEX INDEX lease_live_slot, which refuses this"),
    ASSET_OVERSOLD(
            "release the newest of its leases if it cannot bear them; nothing is leased of it until it has room"),
    ATTEMPT_WITHOUT_LEASES("cancel the order unless its executor can do without; its end gives back what is left"),
    ORDER_MONEY_DIFFERS("find what wrote them: no call mends it, for every entry moves both alike"),
    ORDER_PAST_CEILING("raise its max_total_cost to what is spent and held, and find what let it get so far"),
    LEASE_NOT_SETTLED_ONCE("find what ended it: no call settles a lease; an entry of your own makes the sums right"),
    ENTRY_OF_OTHER_BOOKS("reverse these entries, and post them where they belong"),
    ENTRY_UNBALANCED(
            "find what wrote it: no step of ours can, and no call mends it; reports leave out what is on no account"),
    BUDGET_DIFFERS("put the budget once more with another period and then with its own: that counts it anew"),
    BUDGET_OVERDRAWN("nothing more is held until there is room; find what let it get so far"),
    BUDGET_LIMIT("put the budget with another limit, and again with the right one"),
    OPEN_ORDERS_DIFFER("count them anew, as docs/operations.md says under 'Counters of the quotas'"),
    RUNNING_ORDERS_DIFFER("count them anew, as docs/operations.md says under 'Counters of the quotas'"),
    OPEN_ROOM_DIFFERS("put a policy with another quotas.open_orders in force, and then the right one"),
    HEAD_UNSERVED("the matcher was made to look: if the order still waits, see its /explain");

    private final String remedy;

    Invariant(String remedy) {
        this.remedy = remedy;
    }

    /** As it is called in the database, in metrics and in events. */
    public String code() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** What a person does where it does not hold. */
    public String remedy() {
        return remedy;
    }
}
