package dev.taskorder.activities.control;

import java.util.Arrays;

/** What of the bound tenant's orders a pause does not let begin, by its strength. */
public enum Held {
    /** No pause is in force. */
    NOTHING(0),
    /** Orders that did not begin; those that run have their next attempts. */
    NEW_ORDERS(1),
    /** Any attempt. */
    ALL(2);

    /**
     * An expression for the statement that claims: the strength of what is in force as that statement sees it, the stronger of the tenant's own
     * pause and of that of all. Two rows at most, by their keys; no question of its own, and nothing that could be out of date.
     */
    public static final String IN_FORCE = """
            (SELECT coalesce(max(CASE p.mode WHEN 'drain' THEN 2 ELSE 1 END), 0)
               FROM (SELECT mode FROM pause WHERE tenant_id = current_tenant() AND what = 'orders'
                     UNION ALL
                     SELECT mode FROM pause_of_all WHERE what = 'orders') p)""";

    private final int strength;

    Held(int strength) {
        this.strength = strength;
    }

    /** As statements count it: what is stronger holds all that the weaker does. */
    public int strength() {
        return strength;
    }

    /** The one of this strength; there must be one. */
    public static Held of(int strength) {
        return Arrays.stream(values())
                .filter(one -> one.strength == strength)
                .findFirst()
                .orElseThrow();
    }
}
