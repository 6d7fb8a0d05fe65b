package dev.taskorder.activities.ledger;

import static dev.taskorder.activities.testing.Orders.anOrder;
import static org.assertj.core.api.Assertions.assertThat;

import dev.taskorder.activities.testing.Tenant;
import dev.taskorder.api.ledger.Ledger;
import dev.taskorder.api.ledger.OrderLedger;
import dev.taskorder.api.ledger.Summary;
import dev.taskorder.api.ledger.SummaryGroup;
import dev.taskorder.api.ledger.SummaryQuestion;
import dev.taskorder.api.ledger.SummaryQuestion.Dimension;
import dev.taskorder.api.order.Limits;
import dev.taskorder.api.order.TaskOrder;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What entries come to, group by group. */
class SummaryTest {
    private static final String NOON = "2026-03-01T12:00:00Z";

    private final Tenant tenant = Tenant.fresh();
    private final Entries entries = new Entries(tenant);

    @Test
    void a_group_tells_what_was_spent_earned_promised_and_how_often_it_worked() {
        tenant.asset("a", "C", "C.one", 4, "1.25");
        TaskOrder good = tenant.finish(tenant.running(anOrder().worth("50").wanting("C", null, 1)));
        TaskOrder open = tenant.created(anOrder().worth("7").spec());
        entries.earned(good, "20", NOON);
        entries.write(good, "POST", "overrun", "wallet", "0.5", null, NOON);
        entries.write(open, "HOLD", "held", "wallet", "3", null, NOON);

        SummaryGroup group = summary(Dimension.PROJECT_ID).get(0);

        assertThat(group.keys()).containsExactly("acme-shop");
        assertThat(group.currency()).isEqualTo("USD");
        assertThat(group.amounts().cost()).isEqualByComparingTo("1.75");
        assertThat(group.amounts().revenue()).isEqualByComparingTo("20");
        assertThat(group.amounts().margin()).isEqualByComparingTo("18.25");
        assertThat(group.amounts().overrun()).isEqualByComparingTo("0.5");
        assertThat(group.amounts().held()).isEqualByComparingTo("3");
        assertThat(group.orders()).isEqualTo(2);
        assertThat(group.promisedValue()).isEqualByComparingTo("57");
        assertThat(group.promisedReturn()).isEqualByComparingTo("55.25");
        assertThat(group.succeeded()).isEqualTo(1);
        assertThat(group.successRate()).isEqualByComparingTo("1");
        assertThat(group.costPerSuccess()).isEqualByComparingTo("1.75");
    }

    @Test
    void where_nothing_was_promised_and_nothing_has_ended_there_is_no_rate_and_no_promise() {
        entries.spent(tenant.created(anOrder().spec()), "1", null, NOON);

        SummaryGroup group = summary(Dimension.TASK_TYPE).get(0);

        assertThat(group.promisedValue()).isNull();
        assertThat(group.promisedReturn()).isNull();
        assertThat(group.successRate()).isNull();
        assertThat(group.costPerSuccess()).isNull();
    }

    @Test
    void days_are_those_of_utc_and_a_period_has_its_beginning_but_not_its_end() {
        TaskOrder order = tenant.created(anOrder().spec());
        entries.spent(order, "1", null, "2026-03-01T23:59:59.999999Z");
        entries.spent(order, "2", null, "2026-03-02T00:00:00Z");
        entries.spent(order, "4", null, "2026-03-03T00:00:00Z");

        assertThat(shown(summary(Dimension.DAY)))
                .containsExactly("[2026-03-01] USD 1", "[2026-03-02] USD 2", "[2026-03-03] USD 4");
        SummaryQuestion period = new SummaryQuestion(
                EnumSet.of(Dimension.DAY),
                null,
                null,
                null,
                null,
                null,
                Instant.parse("2026-03-02T00:00:00Z"),
                Instant.parse("2026-03-03T00:00:00Z"));
        assertThat(shown(groups(period))).containsExactly("[2026-03-02] USD 2");
    }

    @Test
    void currencies_are_never_added_up() {
        entries.spent(tenant.created(anOrder().spec()), "1", null, NOON);
        entries.spent(tenant.created(anOrder().currency("EUR").spec()), "2", null, NOON);

        assertThat(shown(summary(Dimension.PROJECT_ID))).containsExactly("[acme-shop] EUR 2", "[acme-shop] USD 1");
    }

    @Test
    void what_is_held_is_of_no_category_and_so_is_what_a_lease_took_out_of_it() {
        TaskOrder order = tenant.created(anOrder().spec());
        entries.write(order, "HOLD", "held", "wallet", "3", null, NOON);
        entries.write(order, "POST", "spend:lease:C", "held", "1", "C.one", NOON);

        for (Dimension dimension : List.of(Dimension.SKU_CATEGORY, Dimension.SKU_CODE)) {
            List<SummaryGroup> groups = summary(dimension);
            assertThat(groups).hasSize(2);
            assertThat(groups.get(0).amounts().held()).isEqualByComparingTo("0");
            assertThat(groups.get(0).amounts().cost()).isEqualByComparingTo("1");
            assertThat(groups.get(1).keys()).containsOnlyNulls();
            assertThat(groups.get(1).amounts().held()).isEqualByComparingTo("2");
            assertThat(groups.get(1).orders()).isEqualTo(1);
        }
        SummaryQuestion ofOne =
                new SummaryQuestion(EnumSet.of(Dimension.PROJECT_ID), null, null, "C", null, null, null, null);
        assertThat(groups(ofOne).get(0).amounts().held()).isEqualByComparingTo("0");
    }

    @Test
    void each_filter_lets_through_what_it_names_and_nothing_else() {
        TaskOrder one =
                tenant.created(anOrder().project("p1").taskCategory("QA").spec());
        TaskOrder other = tenant.created(anOrder().project("p2").env("sandbox").spec());
        entries.spent(one, "1", "C.one", NOON);
        entries.spent(other, "2", "D.one", NOON);

        assertThat(filtered("prod", null, null, null, null)).containsExactly("[p1] USD 1");
        assertThat(filtered(null, "p2", null, null, null)).containsExactly("[p2] USD 2");
        assertThat(filtered(null, null, "D", null, null)).containsExactly("[p2] USD 2");
        assertThat(filtered(null, null, null, "TEST", null)).hasSize(2);
        assertThat(filtered(null, null, null, "OTHER", null)).isEmpty();
        assertThat(filtered(null, null, null, null, "QA")).containsExactly("[p1] USD 1");
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void over_all_groups_it_is_what_all_orders_come_to_however_it_is_grouped(long seed) {
        Random random = new Random(seed);
        List<TaskOrder> orders = randomBooks(random);
        Set<Dimension> groupBy = EnumSet.of(Dimension.values()[random.nextInt(6)]);
        for (Dimension dimension : Dimension.values()) {
            if (random.nextBoolean()) {
                groupBy.add(dimension);
            }
        }

        List<SummaryGroup> groups = groups(question(groupBy));

        List<OrderLedger> books = orders.stream()
                .map(order -> tenant.as(() -> tenant.bean(Ledger.class).ofOrder(order.taskId()))
                        .orElseThrow())
                .toList();
        assertThat(groups).extracting(group -> group.keys() + group.currency()).doesNotHaveDuplicates();
        assertThat(sum(groups, group -> group.amounts().cost()))
                .isEqualByComparingTo(sum(books, book -> book.totals().cost()));
        assertThat(sum(groups, group -> group.amounts().revenue()))
                .isEqualByComparingTo(sum(books, book -> book.totals().revenue()));
        assertThat(sum(groups, group -> group.amounts().held()))
                .isEqualByComparingTo(sum(books, book -> book.totals().held()));
        assertThat(sum(groups, group -> group.amounts().overrun()))
                .isEqualByComparingTo(sum(books, book -> book.totals().overrun()));
        if (groupBy.stream()
                .noneMatch(EnumSet.of(Dimension.DAY, Dimension.SKU_CATEGORY, Dimension.SKU_CODE)::contains)) {
            assertThat(groups.stream().mapToLong(SummaryGroup::orders).sum())
                    .isEqualTo(books.stream()
                            .filter(book -> !book.items().isEmpty())
                            .count());
        }
    }

    @Test
    void more_groups_than_anybody_reads_are_not_told() {
        TaskOrder order = tenant.created(anOrder().spec());
        tenant.sql(jdbc -> jdbc.sql("""
                        INSERT INTO ledger_entry (entry_id, task_id, phase, kind, debit_account, credit_account, amount,
                               currency, env, project_id, sku_category, sku_code)
                        SELECT 'e-' || n, :task, 'POST', 'test', 'spend:manual', 'wallet', 1, 'USD', 'prod', 'p', 'C', 'c' || n
                          FROM generate_series(1, :count) n
                        """)
                .param("task", order.taskId())
                .param("count", Limits.LEDGER_GROUPS_MAX + 1)
                .update());

        assertThat(tenant.as(() -> tenant.bean(Ledger.class).summary(question(EnumSet.of(Dimension.SKU_CODE)))))
                .isEqualTo(new Summary.TooMany(Limits.LEDGER_GROUPS_MAX));
    }

    @Test
    void another_tenant_s_entries_count_nowhere() {
        entries.spent(tenant.created(anOrder().spec()), "1", "C.one", NOON);
        Tenant other = Tenant.fresh();

        for (Dimension dimension : Dimension.values()) {
            assertThat(other.as(() -> other.bean(Ledger.class).summary(question(EnumSet.of(dimension)))))
                    .isEqualTo(new Summary.Groups(List.of()));
        }
    }

    private List<TaskOrder> randomBooks(Random random) {
        String[] accounts = {"wallet", "held", "spend:lease:C", "spend:manual", "overrun", "revenue:sale"};
        List<TaskOrder> orders = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            TaskOrder order = tenant.created(anOrder()
                    .project("p" + random.nextInt(2))
                    .currency(random.nextBoolean() ? "USD" : "EUR")
                    .spec());
            orders.add(order);
            for (int n = random.nextInt(8); n > 0; n--) {
                int debit = random.nextInt(accounts.length);
                int credit = (debit + 1 + random.nextInt(accounts.length - 1)) % accounts.length;
                entries.write(
                        order,
                        "POST",
                        accounts[debit],
                        accounts[credit].equals(accounts[debit]) ? "wallet" : accounts[credit],
                        BigDecimal.valueOf(1 + random.nextInt(9_999_999), 6).toPlainString(),
                        random.nextBoolean() ? "C" + random.nextInt(2) + ".x" : null,
                        "2026-03-0" + (1 + random.nextInt(3)) + "T23:30:00Z");
            }
        }
        return orders;
    }

    private List<String> filtered(
            @Nullable String env,
            @Nullable String project,
            @Nullable String category,
            @Nullable String type,
            @Nullable String taskCategory) {
        return shown(groups(new SummaryQuestion(
                EnumSet.of(Dimension.PROJECT_ID), env, project, category, type, taskCategory, null, null)));
    }

    private static List<String> shown(List<SummaryGroup> groups) {
        return groups.stream()
                .map(group -> group.keys() + " " + group.currency() + " "
                        + group.amounts().cost().stripTrailingZeros().toPlainString())
                .toList();
    }

    private List<SummaryGroup> summary(Dimension dimension) {
        return groups(question(EnumSet.of(dimension)));
    }

    private static SummaryQuestion question(Set<Dimension> groupBy) {
        return new SummaryQuestion(groupBy, null, null, null, null, null, null, null);
    }

    private List<SummaryGroup> groups(SummaryQuestion question) {
        Summary summary = tenant.as(() -> tenant.bean(Ledger.class).summary(question));
        return ((Summary.Groups) summary).items();
    }

    private static <T> BigDecimal sum(List<T> all, Function<T, BigDecimal> each) {
        return all.stream().map(each).reduce(BigDecimal.ZERO, BigDecimal::add);
    }
}
