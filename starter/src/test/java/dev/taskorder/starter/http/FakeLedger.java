package dev.taskorder.starter.http;

import dev.taskorder.api.ledger.Ledger;
import dev.taskorder.api.ledger.LedgerEntry;
import dev.taskorder.api.ledger.LedgerFilter;
import dev.taskorder.api.ledger.OrderLedger;
import dev.taskorder.api.ledger.Summary;
import dev.taskorder.api.ledger.SummaryQuestion;
import dev.taskorder.api.order.TaskOrders;
import dev.taskorder.api.page.BadCursorException;
import dev.taskorder.api.page.Page;
import dev.taskorder.api.page.PageRequest;
import java.math.BigDecimal;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** Books that a test writes as it likes. */
final class FakeLedger implements Ledger {
    private static final BigDecimal COST = new BigDecimal("0.350000");

    private final TaskOrders orders;

    /** What the list is to be, portion by portion. */
    Iterable<List<LedgerEntry>> portions = List.of(List.of());

    Summary summary = new Summary.Groups(List.of());

    FakeLedger(TaskOrders orders) {
        this.orders = orders;
    }

    @Override
    public Optional<OrderLedger> ofOrder(UUID taskId) {
        OrderLedger.Totals totals =
                new OrderLedger.Totals(COST, BigDecimal.ZERO, COST.negate(), BigDecimal.ZERO, BigDecimal.ZERO, "EUR");
        return orders.find(taskId)
                .map(order -> new OrderLedger(List.of(), totals, order.spec().businessValueHint()));
    }

    @Override
    public Page<LedgerEntry> list(LedgerFilter filter, PageRequest page) {
        if (page.cursor() != null) {
            throw BadCursorException.notOfThisList();
        }
        return new Page<>(portions.iterator().next(), null);
    }

    @Override
    public Iterator<List<LedgerEntry>> portions(LedgerFilter filter) {
        return portions.iterator();
    }

    @Override
    public Summary summary(SummaryQuestion question) {
        return summary;
    }
}
