package dev.taskorder.activities.invariant;

/** What must always hold; a name is part of what we promise to whoever watches. */
public enum Invariant {
    LEASE_WITHOUT_ORDER,
    SLOT_SHARED,
    ASSET_OVERSOLD,
    ATTEMPT_WITHOUT_LEASES,
    HEAD_UNSERVED;

    /** As it is called in the database, in metrics and in events. */
    public String code() {
        return name().toLowerCase(java.util.Locale.ROOT);
    }
}
