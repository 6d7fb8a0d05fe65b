package dev.taskorder.activities.matching.model;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What one look of the matcher over all that waits comes to.
 *
 * @param grants in the order in which they are made
 * @param waits why orders wait, of those that were judged
 * @param reserving who keeps slots from those behind it; null if nobody does
 * @param again whether another look may grant more
 */
public record Look(
        List<Grant> grants,
        List<End> ends,
        Map<String, Reason> waits,
        @Nullable String reserving,
        boolean again) {
    /** Why an order waits. */
    public enum Reason {
        BLOCKED,
        /** What is free is more than its own ceiling bears. */
        TOO_DEAR_NOW,
        /** What is free is more than a budget covers. */
        NOT_COVERED,
        /** As many orders run as may. */
        NO_PLACE
    }

    /** Why an order gets what it gets. */
    public enum By {
        PREFERENCE,
        /** The cheapest that meets its hints. */
        PRICE,
        /** The cheapest that its policy allows. */
        SUBSTITUTES
    }

    /** An order that gets these, hint after hint. */
    public record Grant(String order, By by, List<Place> places) {}

    /**
     * Which of the slots it is does not matter, but for whom it was kept.
     *
     * @param keptFor a key; null if it was for anybody
     * @param insteadOf what it preferred; null if it has that
     */
    public record Place(
            int hint,
            String asset,
            @Nullable String keptFor,
            @Nullable String insteadOf) {}

    /** An order that can never be granted. */
    public record End(String order, String status, String code) {}

    public Look {
        waits = new TreeMap<>(waits);
    }

    /** In which points another look differs from this one, which is what it should be; in words. */
    public List<String> differences(Look other) {
        List<String> found = new ArrayList<>();
        add(found, "grants", grants, other.grants);
        add(found, "ends", ends, other.ends);
        add(found, "reserving", reserving, other.reserving);
        add(found, "waits", waits, other.waits);
        add(found, "again", again, other.again);
        return found;
    }

    private static void add(List<String> found, String what, @Nullable Object expected, @Nullable Object was) {
        if (!Objects.equals(expected, was)) {
            found.add(what + "\n  should be " + expected + "\n  but was   " + was);
        }
    }
}
