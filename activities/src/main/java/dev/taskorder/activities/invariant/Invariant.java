package dev.taskorder.activities.invariant;

import java.util.Locale;

/** What must always hold; a name is part of what we promise to whoever watches. */
public enum Invariant {
    LEASE_WITHOUT_ORDER("take them back: POST /v1/leases/{lease_id}/release"),
    SLOT_SHARED("release all of its leases but one, then REINDEX INDEX lease_live_slot, which refuses this"),
    ASSET_OVERSOLD(
            "release the newest of its leases if it cannot bear them; nothing is leased of it until it has room"),
    ATTEMPT_WITHOUT_LEASES("cancel the order unless its executor can do without; its end gives back what is left"),
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
