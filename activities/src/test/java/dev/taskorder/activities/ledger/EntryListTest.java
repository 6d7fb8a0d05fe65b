package dev.taskorder.activities.ledger;

import static dev.taskorder.activities.testing.Orders.anOrder;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.taskorder.activities.testing.Plans;
import dev.taskorder.activities.testing.Race;
import dev.taskorder.activities.testing.Tenant;
import dev.taskorder.api.ledger.Ledger;
import dev.taskorder.api.ledger.LedgerEntry;
import dev.taskorder.api.ledger.LedgerFilter;
import dev.taskorder.api.order.TaskOrder;
import dev.taskorder.api.page.BadCursorException;
import dev.taskorder.api.page.Page;
import dev.taskorder.api.page.PageRequest;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Entries of all orders, newest first. */
class EntryListTest {
    private static final LedgerFilter ALL = new LedgerFilter(null, null, null, null, null, null, null);

    private final Tenant tenant = Tenant.fresh();
    private final Entries entries = new Entries(tenant);

    @Test
    void the_newest_come_first_with_the_names_that_upstream_books_know() {
        TaskOrder order =
                tenant.created(anOrder().key("k-77").externalRef("PO-77").spec());
        String first = entries.spent(order, "1", "C.one", "2026-03-01T12:00:00Z");
        String third = entries.earned(order, "2", "2026-03-03T12:00:00Z");
        String second = entries.spent(order, "3", null, "2026-03-02T12:00:00Z");

        List<LedgerEntry> listed = list(ALL);

        assertThat(listed).extracting(LedgerEntry::entryId).containsExactly(third, second, first);
        assertThat(listed).allSatisfy(entry -> {
            assertThat(entry.idempotencyKey()).isEqualTo("k-77");
            assertThat(entry.externalRef()).isEqualTo("PO-77");
            assertThat(entry.env()).isEqualTo("prod");
            assertThat(entry.projectId()).isEqualTo("acme-shop");
        });
    }

    @Test
    void each_filter_lets_through_what_it_names_and_nothing_else() {
        TaskOrder one = tenant.created(anOrder().project("p1").spec());
        TaskOrder other = tenant.created(anOrder().project("p2").env("sandbox").spec());
        String spent = entries.spent(one, "1", "C.one", "2026-03-01T00:00:00Z");
        String earned = entries.earned(one, "1", "2026-03-02T00:00:00Z");
        String held = entries.write(other, "HOLD", "held", "wallet", "1", null, "2026-03-03T00:00:00Z");

        assertThat(ids(filter("env", "sandbox"))).containsExactly(held);
        assertThat(ids(filter("task", one.taskId().toString()))).containsExactly(earned, spent);
        assertThat(ids(filter("project", "p1"))).containsExactly(earned, spent);
        assertThat(ids(filter("category", "C"))).containsExactly(spent);
        assertThat(ids(filter("account", "held"))).containsExactly(held);
        assertThat(ids(filter("account", "wallet"))).containsExactly(held, earned, spent);
        assertThat(ids(filter("account", "spend:*"))).containsExactly(spent);
        assertThat(ids(filter("account", "revenue:sale*"))).containsExactly(earned);
        assertThat(ids(filter("account", "spend:"))).isEmpty();
        assertThat(ids(filter("account", "s%*"))).as("a prefix is no pattern").isEmpty();
        assertThat(ids(filter("account", "*"))).hasSize(3);
        assertThat(ids(filter("from", "2026-03-02T00:00:00Z"))).containsExactly(held, earned);
        assertThat(ids(filter("to", "2026-03-02T00:00:00Z"))).containsExactly(spent);
    }

    @Test
    void pages_over_a_thousand_entries_skip_and_repeat_none_while_others_are_written() throws Exception {
        TaskOrder order = tenant.created(anOrder().spec());
        Set<String> old = Set.copyOf(many(order, 1000));
        AtomicBoolean read = new AtomicBoolean();

        List<List<String>> seen = Race.of(2, runner -> () -> {
            if (runner == 1) {
                while (!read.get()) {
                    entries.spent(order, "1", null, tenantNow());
                }
                return List.of();
            }
            List<String> ids = new ArrayList<>();
            String cursor = null;
            do {
                Page<LedgerEntry> page = page(cursor, 37);
                page.items().forEach(entry -> ids.add(entry.entryId()));
                cursor = page.nextCursor();
            } while (cursor != null);
            read.set(true);
            return ids;
        });

        assertThat(seen.get(0)).doesNotHaveDuplicates().containsAll(old);
    }

    @Test
    void all_of_them_come_in_portions_that_skip_and_repeat_none() {
        TaskOrder order = tenant.created(anOrder().spec());
        List<String> written = many(order, 2 * EntryList.PORTION_ROWS);

        List<String> read = new ArrayList<>();
        Iterator<List<LedgerEntry>> portions =
                tenant.as(() -> tenant.bean(Ledger.class).portions(ALL));
        while (portions.hasNext()) {
            List<LedgerEntry> portion = tenant.as(portions::next);
            assertThat(portion).hasSizeLessThanOrEqualTo(EntryList.PORTION_ROWS);
            portion.forEach(entry -> read.add(entry.entryId()));
        }

        assertThat(read).doesNotHaveDuplicates().containsExactlyInAnyOrderElementsOf(written);
    }

    @Test
    void to_another_tenant_there_is_nothing_whatever_it_names() {
        TaskOrder order = tenant.created(anOrder().spec());
        many(order, 3);
        String cursor = page(null, 1).nextCursor();
        Tenant other = Tenant.fresh();

        assertThat(other.as(() -> list(other, ALL))).isEmpty();
        assertThat(other.as(() -> list(other, filter("task", order.taskId().toString()))))
                .isEmpty();
        assertThat(other.as(() -> other.bean(Ledger.class).portions(ALL).next()))
                .isEmpty();
        assertThatThrownBy(() -> other.as(() -> other.bean(Ledger.class).list(ALL, new PageRequest(1, cursor))))
                .isInstanceOf(BadCursorException.class);
    }

    @Test
    void a_page_reads_an_index_by_whatever_it_is_filtered() {
        assertThat(plan(ALL)).contains("ledger_entry_newest").doesNotContain("Sort", "Seq Scan");
        assertThat(plan(filter("task", UUID.randomUUID().toString())))
                .contains("ledger_entry_by_order")
                .doesNotContain("Seq Scan");
        assertThat(plan(filter("from", "2026-03-01T12:00:00Z")))
                .contains("ledger_entry_newest")
                .doesNotContain("Sort", "Seq Scan");
        assertThat(plan(filter("project", "project-7"))).doesNotContain("Seq Scan");
    }

    private List<String> many(TaskOrder order, int count) {
        return tenant.sql(jdbc -> jdbc.sql("""
                        INSERT INTO ledger_entry (entry_id, task_id, phase, kind, debit_account, credit_account, amount,
                               currency, env, project_id, created_at)
                        SELECT 'many-' || n, :task, 'POST', 'test', 'spend:manual', 'wallet', 1, 'USD', 'prod', 'p',
                               '2026-03-01 12:00:00Z'::timestamptz + n / 10 * interval '1 ms'
                          FROM generate_series(1, :count) n
                        RETURNING entry_id
                        """)
                .param("task", order.taskId())
                .param("count", count)
                .query(String.class)
                .list());
    }

    private String tenantNow() {
        return tenant.sql(jdbc ->
                jdbc.sql("SELECT clock_timestamp()::text").query(String.class).single());
    }

    private Page<LedgerEntry> page(@Nullable String cursor, int limit) {
        return tenant.as(() -> tenant.bean(Ledger.class).list(ALL, new PageRequest(limit, cursor)));
    }

    private List<String> ids(LedgerFilter filter) {
        return list(filter).stream().map(LedgerEntry::entryId).toList();
    }

    private List<LedgerEntry> list(LedgerFilter filter) {
        return tenant.as(() -> list(tenant, filter));
    }

    private static List<LedgerEntry> list(Tenant whose, LedgerFilter filter) {
        return whose.bean(Ledger.class).list(filter, new PageRequest(200, null)).items();
    }

    private static LedgerFilter filter(String name, String value) {
        return new LedgerFilter(
                name.equals("env") ? value : null,
                name.equals("task") ? UUID.fromString(value) : null,
                name.equals("project") ? value : null,
                name.equals("category") ? value : null,
                name.equals("account") ? value : null,
                name.equals("from") ? Instant.parse(value) : null,
                name.equals("to") ? Instant.parse(value) : null);
    }

    private static String plan(LedgerFilter filter) {
        EntryList.Conditions conditions = EntryList.Conditions.of(
                filter, new EntryList.Place(Clock.systemUTC().instant(), 1_000_000));
        Map<String, Object> params = new HashMap<>(conditions.params());
        params.put("rows", 51);
        StringBuilder plan = new StringBuilder();
        Plans.amongManyOrders(plans -> plan.append(plans.asTenant(conditions.page(), params)));
        return plan.toString();
    }
}
