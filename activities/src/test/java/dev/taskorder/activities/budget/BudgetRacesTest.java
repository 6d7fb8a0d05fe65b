package dev.taskorder.activities.budget;

import static dev.taskorder.activities.budget.Books.budget;
import static org.assertj.core.api.Assertions.assertThat;

import dev.taskorder.activities.testing.Race;
import dev.taskorder.activities.testing.Tenant;
import dev.taskorder.api.budget.Budget;
import dev.taskorder.api.budget.BudgetKey;
import dev.taskorder.api.budget.BudgetPeriod;
import dev.taskorder.api.budget.BudgetScope;
import dev.taskorder.api.budget.BudgetSpec;
import dev.taskorder.api.budget.Budgets;
import dev.taskorder.api.tenant.Caller;
import java.math.BigDecimal;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** Sixteen threads move money of the same budgets: nobody waits for ever, and nothing is lost, doubled or granted beyond. */
class BudgetRacesTest {
    private static final int THREADS = 16;
    private static final int ROUNDS = 25;

    private final Tenant tenant = Tenant.fresh();
    private final Books books = new Books(tenant);
    private final String all = tenant.id().value();

    @Test
    void holds_of_two_projects_in_opposite_orders_neither_deadlock_nor_pass_a_limit() throws Exception {
        books.insert(budget("project", "a", "100", "total"));
        books.insert(budget("project", "b", "100", "month"));
        books.insert(budget("tenant", all, "150", "day"));
        books.order("a");
        books.order("b");
        AtomicInteger held = new AtomicInteger();
        AtomicInteger posted = new AtomicInteger();

        Race.of(THREADS, i -> () -> {
            List<String> projects = i % 2 == 0 ? List.of("a", "b") : List.of("b", "a");
            Random random = new Random(i);
            for (int round = 0; round < ROUNDS; round++) {
                if (!books.hold(projects, "1")) {
                    continue;
                }
                held.incrementAndGet();
                int next = random.nextInt(4);
                if (next == 0) {
                    books.post(projects, "1");
                    posted.incrementAndGet();
                }
                if (next < 3) {
                    held.decrementAndGet();
                }
                if (next == 1 || next == 2) {
                    books.release(projects, "1");
                }
            }
            return true;
        });

        BigDecimal heldNow = BigDecimal.valueOf(held.get());
        for (String project : List.of("a", "b")) {
            BudgetBook.Room room = room(project);
            assertThat(room.held()).isEqualByComparingTo(heldNow);
            assertThat(room.posted()).isEqualByComparingTo(BigDecimal.valueOf(posted.get()));
        }
        assertThat(held.get() + posted.get()).isBetween(1, 75);
        assertThat(books.violations()).isEmpty();
    }

    @Test
    void the_last_of_a_budget_goes_to_as_many_as_it_is_worth_and_each_mark_is_told_once() throws Exception {
        books.insert(budget("project", "shop", "100", "total"));
        books.insert(budget("tenant", all, "1000", "total"));
        books.order("shop");

        List<Long> granted = Race.of(THREADS, i -> () -> {
            long mine = 0;
            for (int round = 0; round < ROUNDS; round++) {
                mine += books.hold("shop", "1") ? 1 : 0;
            }
            return mine;
        });

        assertThat(granted.stream().mapToLong(Long::longValue).sum()).isEqualTo(100);
        assertThat(books.told())
                .containsExactly(
                        "budget.nearing prod/project/shop 0.8",
                        "budget.nearing prod/project/shop 0.95",
                        "budget.exhausted prod/project/shop 1");
        assertThat(books.violations()).isEmpty();
    }

    @Test
    void a_budget_that_is_set_while_money_moves_counts_all_of_it_once() throws Exception {
        for (int i = 0; i < 4; i++) {
            books.order("p" + i);
        }
        AtomicLong started = new AtomicLong();

        Race.of(THREADS, i -> () -> i == 0 ? setBudgets(started) : moveMoney(i, started));

        assertThat(books.violations()).isEmpty();
        Budget tenants = put(new BudgetKey("prod", BudgetScope.TENANT, all), "100000", BudgetPeriod.TOTAL);
        assertThat(tenants.posted()).isEqualByComparingTo(BigDecimal.valueOf((THREADS - 1) * ROUNDS));
        assertThat(tenants.held()).isEqualByComparingTo(BigDecimal.valueOf((THREADS - 1) * ROUNDS));
    }

    private boolean setBudgets(AtomicLong started) {
        for (int i = 0; i < 12; i++) {
            BudgetPeriod period = BudgetPeriod.values()[i % 3];
            put(new BudgetKey("prod", BudgetScope.TENANT, all), "100000", period);
            put(new BudgetKey("prod", BudgetScope.PROJECT, "p" + i % 4), Long.toString(100_000 + i), period);
        }
        assertThat(started).as("money moved meanwhile").hasPositiveValue();
        return true;
    }

    private boolean moveMoney(int i, AtomicLong started) {
        for (int round = 0; round < ROUNDS; round++) {
            String project = "p" + (i + round) % 4;
            assertThat(books.hold(project, "2")).isTrue();
            books.post(project, "1");
            started.incrementAndGet();
        }
        return true;
    }

    private Budget put(BudgetKey key, String limit, BudgetPeriod period) {
        return tenant.as(() -> tenant.bean(Budgets.class)
                .put(new BudgetSpec(key, new BigDecimal(limit), "USD", period), Caller.SYSTEM)
                .budget());
    }

    private BudgetBook.Room room(String project) {
        return tenant.as(() -> tenant.bean(BudgetBook.class).rooms("prod", List.of(project)))
                .get(0);
    }
}
