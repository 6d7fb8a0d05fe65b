package dev.taskorder.activities.event;

import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What happened, as a person would say it. */
final class Sentences {
    private static final int OUTCOMES_NAMED_MAX = 5;

    private static final Map<String, Function<Data, String>> BY_TYPE = Map.ofEntries(
            Map.entry("task_order.created", d -> "Created with priority " + d.get("priority") + "."),
            Map.entry("task_order.queued", d -> "Queued; waiting for resources."),
            Map.entry("task_order.running", d -> "Attempt " + d.get("attempt") + " granted; running."),
            Map.entry(
                    "task_order.retrying",
                    d -> "Attempt " + d.get("attempt") + " ended with " + d.get("result_code") + d.outcomes()
                            + (d.get("backoff_ms").equals("0")
                                    ? "; another one follows."
                                    : "; the next one comes " + d.get("backoff_ms") + " ms later at the earliest.")),
            Map.entry("task_order.succeeded", d -> "Succeeded" + d.outcomes() + d.message()),
            Map.entry("task_order.failed", d -> "Failed with " + d.get("result_code") + d.outcomes() + d.message()),
            Map.entry("task_order.cancelled", d -> "Cancelled" + d.outcomes() + d.message()),
            Map.entry("task_order.timed_out", d -> "Timed out" + d.outcomes() + d.message()),
            Map.entry(
                    "task_order.dead_lettered",
                    d -> "Gave up with " + d.get("result_code") + d.outcomes() + d.message()
                            + " A person has to look."),
            Map.entry(
                    "task_order.redriven",
                    d -> "Queued again by a person; its next attempt is number " + d.get("next_attempt") + d.message()),
            Map.entry(
                    "task_order.follow_up_refused",
                    d -> "What follows by rule " + d.get("rule") + " was not created: " + d.get("reason") + "."),
            Map.entry("task_order.updated", d -> "Changed: " + d.get("what") + d.message()),
            Map.entry(
                    "lease.acquired",
                    d -> "Leased " + d.get("asset_id") + " for " + d.get("unit_cost") + " " + d.get("currency")
                            + d.chosen() + "."),
            Map.entry("lease.released", d -> "Gave " + d.get("asset_id") + " back" + d.keptFor() + "."),
            Map.entry("lease.expired", d -> "The lease of " + d.get("asset_id") + " expired and was taken back."),
            Map.entry("lease.revoked", d -> "The lease of " + d.get("asset_id") + " was revoked."));

    private record Data(Map<String, @Nullable Object> values) {
        String get(String key) {
            Object value = values.get(key);
            return value == null ? "?" : value.toString();
        }

        /** By which rule, and among how many. */
        String chosen() {
            if (!(values.get("decision") instanceof Map<?, ?> decision)
                    || !(decision.get("considered") instanceof List<?> considered)) {
                return "";
            }
            int more = decision.get("not_shown") instanceof Map<?, ?> counts
                    ? counts.values().stream()
                            .mapToInt(count -> ((Number) count).intValue())
                            .sum()
                    : 0;
            int all = considered.size() + more;
            return ": " + decision.get("reason") + insteadOf(decision.get("downgrade")) + "; " + all
                    + (all == 1 ? " asset" : " assets") + " considered";
        }

        /** What it was due, and what that saved. */
        private String insteadOf(@Nullable Object downgrade) {
            if (!(downgrade instanceof Map<?, ?> due)) {
                return "";
            }
            boolean saved = new BigDecimal(String.valueOf(due.get("saved"))).signum() > 0;
            return "; downgraded from " + due.get("wanted")
                    + (saved ? ", which saves " + due.get("saved") + " " + get("currency") : "");
        }

        /** What the executor said of the assets that it had. */
        String outcomes() {
            if (!(values.get("lease_outcomes") instanceof List<?> told) || told.isEmpty()) {
                return "";
            }
            String more = told.size() > OUTCOMES_NAMED_MAX ? ", …" : "";
            return told.stream()
                    .limit(OUTCOMES_NAMED_MAX)
                    .map(one -> (Map<?, ?>) one)
                    .map(one -> one.get("asset_id") + ": " + one.get("event_type"))
                    .collect(Collectors.joining(", ", " (", more + ")"));
        }

        String keptFor() {
            Object key = values.get("kept_for");
            return key == null ? "" : ", kept for the next order of " + key;
        }

        String message() {
            Object message = values.get("message");
            if (message == null) {
                return ".";
            }
            String words = message.toString().strip();
            return ": " + words + (words.matches("(?s).*[.!?…]") ? "" : ".");
        }
    }

    private Sentences() {}

    static String of(String type, Map<String, @Nullable Object> data) {
        Function<Data, String> sentence = BY_TYPE.get(type);
        return sentence == null ? type : sentence.apply(new Data(data));
    }
}
