package dev.taskorder.activities.budget;

import static dev.taskorder.activities.budget.Books.budget;
import static org.assertj.core.api.Assertions.assertThat;

import dev.taskorder.activities.testing.Tenant;
import dev.taskorder.api.budget.BudgetScope;
import java.math.BigDecimal;
import java.time.Clock;
import java.time.LocalDate;
import java.util.List;
import java.util.Random;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the function that moves budgets does, as the application's role calls it. */
class ChargeBudgetsTest {
    private static final LocalDate TODAY = LocalDate.now(Clock.systemUTC());

    private final Tenant tenant = Tenant.fresh();
    private final Books books = new Books(tenant);
    private final String all = tenant.id().value();

    @AfterEach
    void budgets_and_entries_say_the_same() {
        assertThat(books.violations()).isEmpty();
    }

    @Test
    void without_a_budget_everything_is_covered_and_nothing_counted() {
        assertThat(books.hold("shop", "99999999")).isTrue();
        assertThat(books.periods("shop")).isEmpty();
    }

    @Test
    void a_hold_is_covered_up_to_the_limit_and_no_millionth_beyond() {
        books.insert(budget("project", "shop", "10", "total"));

        assertThat(books.hold("shop", "9.999999")).isTrue();
        assertThat(books.hold("shop", "0.000002")).isFalse();
        assertThat(books.hold("shop", "0.000001")).isTrue();
        assertThat(books.hold("shop", "0.000001")).isFalse();
        assertThat(books.periods("shop")).containsExactly("1970-01-01 10 0 0");
    }

    @Test
    void what_is_spent_goes_on_filling_the_budget_and_what_is_given_back_does_not() {
        books.insert(budget("project", "shop", "10", "total"));
        books.hold("shop", "10");
        books.post("shop", "6");
        books.release("shop", "4");

        assertThat(books.hold("shop", "5")).isFalse();
        assertThat(books.hold("shop", "4")).isTrue();
        assertThat(books.periods("shop")).containsExactly("1970-01-01 4 6 0");
    }

    @Test
    void a_hold_that_the_tenants_budget_does_not_cover_counts_nowhere() {
        books.insert(budget("project", "shop", "100", "total"));
        books.insert(budget("tenant", all, "10", "total"));

        assertThat(books.hold("shop", "11")).isFalse();
        assertThat(books.hold("shop", "10")).isTrue();
        assertThat(books.hold("other", "1")).isFalse();
        assertThat(books.periods("shop")).containsExactly("1970-01-01 10 0 0");
        assertThat(books.periods(all)).containsExactly("1970-01-01 10 0 0");
    }

    @Test
    void holds_of_several_projects_are_all_covered_or_none() {
        books.insert(budget("project", "a", "10", "total"));
        books.insert(budget("project", "b", "5", "total"));
        books.insert(budget("tenant", all, "15", "total"));

        assertThat(books.hold(List.of("b", "a"), "6")).isFalse();
        assertThat(books.hold(List.of("b", "a"), "5")).isTrue();
        assertThat(books.periods("a")).containsExactly("1970-01-01 5 0 0");
        assertThat(books.periods(all)).containsExactly("1970-01-01 10 0 0");
    }

    @Test
    void what_is_spent_although_one_budget_does_not_cover_it_is_overrun_of_all() {
        books.insert(budget("project", "shop", "100", "total"));
        books.insert(budget("tenant", all, "10", "total"));

        assertThat(books.spend("shop", "7")).isTrue();
        assertThat(books.spend("shop", "4")).isFalse();
        assertThat(books.periods("shop")).containsExactly("1970-01-01 0 7 4");
        assertThat(books.periods(all)).containsExactly("1970-01-01 0 7 4");
        assertThat(books.told()).containsExactly("budget.exhausted prod/tenant/" + all + " 1");
    }

    @Test
    void in_part_the_budget_with_the_least_left_says_how_much_is_covered_and_the_rest_is_overrun_of_all() {
        books.insert(budget("project", "shop", "100", "total"));
        books.insert(budget("tenant", all, "10", "total"));
        assertThat(books.spendInPart("shop", "7")).isEqualTo("7 []");
        assertThat(books.spendInPart("shop", "4")).isEqualTo("3 [tenant/" + all + "]");
        assertThat(books.spendInPart("shop", "1")).isEqualTo("0 [tenant/" + all + "]");
        assertThat(books.spendInPart("other", "1")).isEqualTo("0 [tenant/" + all + "]");
        assertThat(books.periods("shop")).containsExactly("1970-01-01 0 10 2");
        assertThat(books.periods(all)).containsExactly("1970-01-01 0 10 3");
        assertThat(books.told())
                .containsExactly(
                        "budget.nearing prod/tenant/" + all + " 0.8",
                        "budget.nearing prod/tenant/" + all + " 0.95",
                        "budget.exhausted prod/tenant/" + all + " 1");
    }

    @Test
    void in_part_a_budget_in_another_currency_and_one_that_was_lowered_below_what_is_spent_cover_nothing() {
        books.insert(budget("project", "euros", "100", "total").currency("EUR"));
        assertThat(books.spendInPart("euros", "1")).isEqualTo("0 [project/euros in EUR]");
        tenant.budget(BudgetScope.PROJECT, "10");
        books.spendInPart("acme-shop", "8");
        tenant.budget(BudgetScope.PROJECT, "1");
        assertThat(books.spendInPart("acme-shop", "0.000001")).isEqualTo("0 [project/acme-shop]");
        assertThat(tenant.budgeted(BudgetScope.PROJECT)).isEqualTo("8 0 0.000001");
    }

    @Test
    void a_budget_in_another_currency_covers_nothing_and_counts_nothing() {
        books.insert(budget("project", "shop", "100", "total"));
        books.insert(budget("tenant", all, "100", "total").currency("EUR"));

        assertThat(books.hold("shop", "1")).isFalse();
        assertThat(books.spend("shop", "1")).isFalse();
        assertThat(books.periods("shop")).containsExactly("1970-01-01 0 0 1");
        assertThat(books.periods(all)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"day", "month"})
    void a_hold_over_the_turn_of_a_period_counts_where_it_was_made(String period) {
        LocalDate before = period.equals("day")
                ? TODAY.minusDays(1)
                : TODAY.withDayOfMonth(1).minusDays(1);
        String then = period.equals("day")
                ? before.toString()
                : before.withDayOfMonth(1).toString();
        books.insert(budget("project", "shop", "10", period));
        books.insertPeriod("shop", then, "10");
        Books earlier = books.onDay(before);
        assertThat(earlier.hold("shop", "8")).isTrue();

        assertThat(books.hold("shop", "10")).isTrue();
        earlier.post("shop", "5");
        earlier.release("shop", "3");

        String now = period.equals("day")
                ? TODAY.toString()
                : TODAY.withDayOfMonth(1).toString();
        assertThat(books.periods("shop")).containsExactly(then + " 0 5 0", now + " 10 0 0");
    }

    @Test
    void a_period_that_was_over_before_its_budget_came_covers_all_and_counts_nothing() {
        books.insert(budget("project", "shop", "10", "day"));

        Books earlier = books.onDay(TODAY.minusDays(3));
        assertThat(earlier.hold("shop", "11")).isTrue();
        earlier.post("shop", "11");
        assertThat(books.periods("shop")).isEmpty();
    }

    @Test
    void whoever_began_before_the_day_from_which_a_budget_counts_counts_nothing_in_it() {
        books.hold("shop", "10");
        books.insert(budget("project", "shop", "100", "day"));
        tenant.sql(jdbc -> jdbc.sql("UPDATE budget SET counts_from = :day")
                .param("day", TODAY.plusDays(1))
                .update());

        assertThat(books.hold("shop", "3")).isTrue();
        books.release("shop", "10");
        books.post("shop", "3");
        assertThat(books.periods("shop")).isEmpty();
    }

    @Test
    void what_is_spent_beyond_any_hold_opens_a_period_too() {
        books.insert(budget("project", "shop", "10", "day"));
        books.overrun("shop", "3");

        assertThat(books.periods("shop")).containsExactly(TODAY + " 0 0 3");
    }

    @Test
    void each_mark_is_told_once() {
        books.insert(budget("project", "shop", "100", "total"));
        for (int i = 0; i < 20; i++) {
            books.hold("shop", "5");
            books.post("shop", "5");
        }

        assertThat(books.told())
                .containsExactly(
                        "budget.nearing prod/project/shop 0.8",
                        "budget.nearing prod/project/shop 0.95",
                        "budget.exhausted prod/project/shop 1");
    }

    @Test
    void several_marks_at_once_are_told_in_their_order_and_the_next_period_tells_again() {
        books.insert(budget("project", "shop", "100", "day"));
        books.insertPeriod("shop", TODAY.minusDays(1).toString(), "100");
        books.onDay(TODAY.minusDays(1)).hold("shop", "97");
        books.hold("shop", "80");

        assertThat(books.told())
                .containsExactly(
                        "budget.nearing prod/project/shop 0.8",
                        "budget.nearing prod/project/shop 0.95",
                        "budget.nearing prod/project/shop 0.8");
    }

    @Test
    void what_is_taken_back_is_told_of_again_when_it_is_spent_again_and_what_is_still_reached_is_not() {
        books.insert(budget("project", "shop", "100", "total"));
        books.spend("shop", "96");
        books.reverse("shop", "10");
        assertThat(books.told()).hasSize(2);
        books.spend("shop", "9");

        assertThat(books.told())
                .containsExactly(
                        "budget.nearing prod/project/shop 0.8",
                        "budget.nearing prod/project/shop 0.95",
                        "budget.nearing prod/project/shop 0.95");
    }

    @Test
    void an_event_says_which_period_and_what_it_counted() {
        books.insert(budget("project", "shop", "10", "month"));
        books.hold("shop", "8.5");

        String data = tenant.sql(jdbc -> jdbc.sql("SELECT data::text FROM task_event WHERE object_type = 'budget'")
                .query(String.class)
                .single());
        assertThat(data)
                .contains(
                        "\"period_start\": \"" + TODAY.withDayOfMonth(1) + "T00:00:00Z\"",
                        "\"mark\": 0.8",
                        "\"limit\": 10,",
                        "\"held\": 8.5",
                        "\"currency\": \"USD\"");
    }

    /** A random history, with a budget of ten lines beside it. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void a_random_history_comes_to_what_a_plain_budget_comes_to(long seed) {
        RandomGenerator random = new Random(seed);
        books.insert(budget("project", "shop", "20", "total"));
        BigDecimal held = BigDecimal.ZERO;
        BigDecimal posted = BigDecimal.ZERO;
        for (int i = 0; i < 100; i++) {
            BigDecimal amount = BigDecimal.valueOf(random.nextInt(1, 3_000_000), 6);
            boolean room = held.add(posted).add(amount).compareTo(new BigDecimal("20")) <= 0;
            boolean isHeld = held.compareTo(amount) >= 0;
            switch (random.nextInt(4)) {
                case 0 -> {
                    assertThat(books.hold("shop", amount.toPlainString())).isEqualTo(room);
                    held = room ? held.add(amount) : held;
                }
                case 1 -> {
                    if (isHeld) {
                        books.post("shop", amount.toPlainString());
                        held = held.subtract(amount);
                        posted = posted.add(amount);
                    }
                }
                case 2 -> {
                    if (isHeld) {
                        books.release("shop", amount.toPlainString());
                        held = held.subtract(amount);
                    }
                }
                default -> {
                    if (posted.compareTo(amount) >= 0) {
                        books.reverse("shop", amount.toPlainString());
                        posted = posted.subtract(amount);
                    }
                }
            }
        }
        BudgetBook.Room now = tenant.as(() -> tenant.bean(BudgetBook.class).rooms("prod", List.of("shop")))
                .get(0);
        assertThat(now.held()).isEqualByComparingTo(held);
        assertThat(now.posted()).isEqualByComparingTo(posted);
    }
}
