package dev.taskorder.activities.matching;

import dev.taskorder.api.explain.Blocker;
import dev.taskorder.api.order.Limits;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What keeps an order that is no matter of single assets, in words and numbers: its turn. */
final class TurnTexts {
    private static final int OTHERS_NAMED_MAX = 20;

    private TurnTexts() {}

    /**
     * Who comes before an order.
     *
     * @param sameDemand how many in its own line
     * @param head the first of its line
     * @param others of other lines, those that would get what it waits for
     * @param contested what that is
     */
    record Ahead(int sameDemand, @Nullable WaitingOrder head, List<WaitingOrder> others, String contested) {
        /** The least priority with which it would be before all of them. */
        int priorityToPass(WaitingOrder order) {
            return all().mapToInt(order::priorityToPass).max().orElse(order.priority());
        }

        @Nullable
        WaitingOrder foremost() {
            return all().min(Round.QUEUE_ORDER).orElse(null);
        }

        private Stream<WaitingOrder> all() {
            return Stream.concat(Stream.ofNullable(sameDemand > 0 ? head : null), others.stream());
        }
    }

    /** @param enough whether the order would be served if it came first */
    static Blocker behind(WaitingOrder order, Ahead ahead, boolean enough) {
        Map<String, @Nullable Object> facts = new LinkedHashMap<>();
        facts.put("position", ahead.sameDemand() + 1);
        facts.put("same_class_before", ahead.sameDemand());
        facts.put(
                "others_before",
                ahead.others().stream()
                        .limit(OTHERS_NAMED_MAX)
                        .map(other -> Map.of("task_id", other.taskId(), "priority", other.priority()))
                        .toList());
        WaitingOrder first = ahead.foremost();
        facts.put("first_task", first == null ? null : first.taskId());
        facts.put("first_priority", first == null ? null : first.priority());
        return new Blocker(Blocker.BEHIND_IN_QUEUE, who(ahead), facts, change(ahead.priorityToPass(order), enough));
    }

    private static String change(int priority, boolean enough) {
        if (priority > Limits.PRIORITY_MAX) {
            return "None but to wait until they are served: no priority is above " + Limits.PRIORITY_MAX;
        }
        return "Raise its priority to " + priority + " to be the next that is served"
                + (enough ? "" : "; do that first: it alone is not enough, see the other blockers");
    }

    private static String who(Ahead ahead) {
        List<String> parts = new ArrayList<>();
        if (ahead.sameDemand() > 0) {
            parts.add(
                    ahead.sameDemand() == 1
                            ? "1 order with the same demand is before it"
                            : ahead.sameDemand() + " orders with the same demand are before it");
        }
        int others = ahead.others().size();
        String contested = ahead.contested();
        if (others == 1) {
            WaitingOrder other = ahead.others().get(0);
            parts.add("order " + other.taskId() + " of priority " + other.priority() + ", which wants some of the same "
                    + contested + ", comes before it");
        } else if (others > 1) {
            parts.add(others + " orders with other demands, which want some of the same " + contested
                    + ", come before it");
        }
        return String.join("; ", parts);
    }

    /** As many orders of the tenant run as may. */
    static Blocker full(int max, long running) {
        Map<String, @Nullable Object> facts = new LinkedHashMap<>();
        facts.put("limit", max);
        facts.put("running", running);
        return new Blocker(
                Blocker.QUOTA_RUNNING_ORDERS,
                running + (running == 1 ? " order" : " orders") + " of the tenant " + (running == 1 ? "runs" : "run")
                        + ", in all its envs, and its policy allows " + max,
                facts,
                "Wait until one of them ends, which lets the next one in the queue run at once, or raise"
                        + " quotas.running_orders to " + (Math.max(max, running) + 1));
    }

    /** Between two attempts: what it lacks only those assets could serve that it keeps for something else. */
    static Blocker keepsWhatItNeeds(WaitingOrder order) {
        Map<String, @Nullable Object> facts = new LinkedHashMap<>();
        facts.put(
                "keeps",
                order.between() == null
                        ? List.of()
                        : order.between().kept().stream()
                                .map(WaitingOrder.Kept::assetId)
                                .toList());
        return new Blocker(
                Blocker.CAPACITY_HELD,
                "what it lacks only assets could serve that it keeps from its last attempt for another hint",
                facts,
                "None: it gives back what it keeps before long, and then waits for all that it wants");
    }
}
