package dev.taskorder.starter.ledger;

import dev.taskorder.api.ledger.SummaryGroup;
import dev.taskorder.api.ledger.SummaryQuestion.Dimension;
import dev.taskorder.starter.web.Csv;
import dev.taskorder.starter.web.Numbers;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A summary as callers see it; a group names only what was asked for.
 *
 * @param items made one by one while they are written: there may be very many
 */
record SummaryResponse(Iterable<Map<String, @Nullable Object>> items) {
    private static final List<String> MEASURES = List.of(
            "cost",
            "revenue",
            "margin",
            "held",
            "overrun",
            "orders",
            "promised_value",
            "promised_return",
            "realised_return",
            "succeeded",
            "success_rate",
            "cost_per_success",
            "currency");

    static SummaryResponse of(Set<Dimension> groupBy, List<SummaryGroup> groups) {
        List<String> names = names(groupBy);
        return new SummaryResponse(
                () -> groups.stream().map(group -> item(names, group)).iterator());
    }

    static Csv<SummaryGroup> csv(Set<Dimension> groupBy) {
        return new Csv<>(names(groupBy), SummaryResponse::cells);
    }

    private static List<String> names(Set<Dimension> groupBy) {
        List<String> names = new ArrayList<>();
        groupBy.forEach(dimension -> names.add(dimension.label()));
        names.addAll(MEASURES);
        return names;
    }

    private static Map<String, @Nullable Object> item(List<String> names, SummaryGroup group) {
        Map<String, @Nullable Object> item = new LinkedHashMap<>();
        List<@Nullable Object> cells = cells(group);
        for (int i = 0; i < names.size(); i++) {
            Object cell = cells.get(i);
            item.put(names.get(i), cell instanceof BigDecimal number ? Numbers.shown(number) : cell);
        }
        return item;
    }

    private static List<@Nullable Object> cells(SummaryGroup group) {
        SummaryGroup.Amounts amounts = group.amounts();
        List<@Nullable Object> cells = new ArrayList<>(group.keys());
        cells.add(amounts.cost());
        cells.add(amounts.revenue());
        cells.add(amounts.margin());
        cells.add(amounts.held());
        cells.add(amounts.overrun());
        cells.add(group.orders());
        cells.add(group.promisedValue());
        cells.add(group.promisedReturn());
        cells.add(amounts.margin());
        cells.add(group.succeeded());
        cells.add(group.successRate());
        cells.add(group.costPerSuccess());
        cells.add(group.currency());
        return cells;
    }
}
