package dev.taskorder.activities.executor;

import dev.taskorder.api.execution.Money;
import dev.taskorder.api.execution.ResultCodes;
import dev.taskorder.api.order.Limits;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What the input wants one attempt to do. */
record Simulation(
        long durationMs,
        long heartbeatMs,
        String resultCode,
        @Nullable String resultMessage,
        Map<String, @Nullable Object> output,
        List<Money> costs,
        List<Money> revenue,
        List<Outcome> outcomes,
        boolean ignoreCancel,
        @Nullable String thrown) {
    private static final long DURATION_MS_DEFAULT = 100;
    private static final long HEARTBEAT_MS_DEFAULT = 1000;

    /** What to tell about every lease of a hint. */
    record Outcome(int hintIndex, String eventType, Map<String, @Nullable Object> payload) {}

    /**
     * Reads {@code simulate} for an attempt, from 1.
     *
     * @param faults gets everything that is wrong with it; the answer means something only if that stays empty
     */
    static Simulation of(Map<String, @Nullable Object> input, int attempt, List<String> faults) {
        Fields simulate = Fields.of("simulate", Fields.of("", input, faults).object("simulate"), faults);
        List<Fields> attempts = simulate.list("attempts");
        // All are read, not only this one's, so that a typo shows at the first attempt and not at the third.
        attempts.forEach(Simulation::read);
        Simulation common = read(simulate.without("attempts"));
        return attempts.isEmpty() || !faults.isEmpty()
                ? common
                : read(simulate.without("attempts").overriddenBy(attempts.get(Math.min(attempt, attempts.size()) - 1)));
    }

    /** The costs after a part of the duration; rounded down, so that running totals never shrink. */
    List<Money> costsAfter(long elapsedMs) {
        if (elapsedMs >= durationMs) {
            return costs;
        }
        BigDecimal elapsed = BigDecimal.valueOf(elapsedMs);
        BigDecimal whole = BigDecimal.valueOf(durationMs);
        return costs.stream()
                .map(cost -> new Money(
                        cost.kind(),
                        cost.amount()
                                .multiply(elapsed)
                                .divide(whole, Limits.AMOUNT_FRACTION_DIGITS_MAX, RoundingMode.DOWN)))
                .toList();
    }

    private static Simulation read(Fields fields) {
        String code = fields.text("result_code");
        if (code != null && !Limits.NAME.matcher(code).matches()) {
            fields.fault("result_code", "must match " + Limits.NAME);
        }
        Simulation simulation = new Simulation(
                fields.integer("duration_ms", 0, Limits.TIMEOUT_MS_MAX, DURATION_MS_DEFAULT),
                fields.integer("heartbeat_ms", 1, Limits.TIMEOUT_MS_MAX, HEARTBEAT_MS_DEFAULT),
                code == null ? ResultCodes.OK : code,
                fields.text("result_message"),
                fields.object("output"),
                money(fields.list("costs")),
                money(fields.list("revenue")),
                outcomes(fields.list("lease_outcomes")),
                fields.flag("ignore_cancel"),
                fields.text("throw"));
        fields.refuseUnread();
        return simulation;
    }

    private static List<Money> money(List<Fields> items) {
        List<Money> all = new ArrayList<>();
        for (Fields item : items) {
            String kind = item.text("kind");
            BigDecimal amount = item.amount("amount");
            item.refuseUnread();
            try {
                all.add(new Money(kind == null ? "" : kind, amount));
            } catch (IllegalArgumentException e) {
                item.fault("kind", "is wrong: " + e.getMessage());
            }
        }
        return all;
    }

    private static List<Outcome> outcomes(List<Fields> items) {
        List<Outcome> all = new ArrayList<>();
        for (Fields item : items) {
            int hint = (int) item.integer("hint_index", 0, Limits.HINTS_MAX - 1L, 0);
            String type = item.text("event_type");
            Map<String, @Nullable Object> payload = item.object("payload");
            item.refuseUnread();
            if (type == null || !Limits.NAME.matcher(type).matches()) {
                item.fault("event_type", "must match " + Limits.NAME);
            } else {
                all.add(new Outcome(hint, type, payload));
            }
        }
        return all;
    }
}
