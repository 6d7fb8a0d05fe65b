package dev.taskorder.starter.demo;

import static dev.taskorder.starter.demo.DemoFailedException.expect;

import java.io.IOException;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/** Shows an order as it happens, and afterwards what it got and what it cost. */
final class OrderTrail {
    private static final int POLL_MS = 100;
    private static final int POLLS_MAX = 600;

    private final DemoApi api;
    private final Screen screen;

    OrderTrail(DemoApi api, Screen screen) {
        this.api = api;
        this.screen = screen;
    }

    /** Prints each event once and returns the order when it has ended in SUCCESS. */
    JsonNode follow(String taskId) throws IOException, InterruptedException {
        Set<Long> shown = new LinkedHashSet<>();
        for (int poll = 0; poll < POLLS_MAX; poll++) {
            // read before its events, so that none of an ended order's events is missed
            JsonNode order = api.order(taskId);
            showNewEvents(taskId, shown);
            if (!order.path("finished_at").isNull()) {
                expectSuccess(order);
                return order;
            }
            Thread.sleep(POLL_MS);
        }
        throw new DemoFailedException("order " + taskId + " is not over after a minute: " + api.order(taskId));
    }

    /** Prints which asset each lease got, and returns the categories. */
    Set<String> leasedCategories(JsonNode order) throws IOException, InterruptedException {
        Set<String> categories = new LinkedHashSet<>();
        for (JsonNode lease : api.of(order.path("task_id").asString(), "leases").path("items")) {
            int hint = lease.path("hint_index").asInt();
            String category =
                    order.path("resource_hints").path(hint).path("sku_category").asString();
            categories.add(category);
            screen.line("lease   %-9s asset %-12s %s %s"
                    .formatted(
                            category,
                            lease.path("asset_id").asString(),
                            lease.path("unit_cost").decimalValue().toPlainString(),
                            lease.path("currency").asString()));
        }
        return categories;
    }

    /** Prints the entries and returns the totals. */
    JsonNode showLedger(JsonNode order) throws IOException, InterruptedException {
        JsonNode ledger = api.of(order.path("task_id").asString(), "ledger");
        for (JsonNode entry : ledger.path("items")) {
            screen.line("ledger  %-4s %-9s %8s  %s → %s"
                    .formatted(
                            entry.path("phase").asString(),
                            entry.path("kind").asString(),
                            entry.path("amount").decimalValue().toPlainString(),
                            entry.path("debit_account").asString(),
                            entry.path("credit_account").asString()));
        }
        JsonNode totals = ledger.path("totals");
        screen.line("total   cost %s · revenue %s · margin %s %s"
                .formatted(
                        amount(totals, "cost"),
                        amount(totals, "revenue"),
                        amount(totals, "margin"),
                        totals.path("currency").asString()));
        return totals;
    }

    private void showNewEvents(String taskId, Set<Long> shown) throws IOException, InterruptedException {
        for (JsonNode event : api.of(taskId, "events").path("items")) {
            if (shown.add(event.path("event_no").asLong())) {
                screen.at(
                        Instant.parse(event.path("occurred_at").asString()),
                        event.path("type").asString(),
                        event.path("text").asString());
            }
        }
    }

    private static void expectSuccess(JsonNode order) {
        String status = order.path("status").asString();
        expect(
                status.equals("SUCCESS"),
                "order %s ended as %s / %s: %s"
                        .formatted(
                                order.path("task_id").asString(),
                                status,
                                order.path("result_code").asString(),
                                order.path("result_message").asString("no message")));
    }

    private static String amount(JsonNode totals, String name) {
        return totals.path(name).decimalValue().toPlainString();
    }
}
