package dev.taskorder.activities.budget;

import static dev.taskorder.activities.budget.Books.budget;
import static org.assertj.core.api.Assertions.assertThat;

import dev.taskorder.activities.budget.BudgetBook.Room;
import dev.taskorder.activities.testing.Race;
import dev.taskorder.activities.testing.Tenant;
import dev.taskorder.api.budget.BudgetScope;
import java.math.BigDecimal;
import java.time.Clock;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import org.junit.jupiter.api.Test;

class BudgetBookTest {
    private final Tenant tenant = Tenant.fresh();
    private final Books books = new Books(tenant);

    @Test
    void where_nobody_set_a_budget_there_is_no_room_to_look_at() {
        assertThat(rooms("prod", "acme-shop")).isEmpty();
    }

    @Test
    void a_room_says_what_is_spent_and_set_aside_of_a_budget() {
        books.insert(budget("project", "acme-shop", "100", "total"));
        books.hold("acme-shop", "30");
        books.post("acme-shop", "10");

        Room room = rooms("prod", "acme-shop").get(0);
        assertThat(room.scope()).isEqualTo(BudgetScope.PROJECT);
        assertThat(room.id()).isEqualTo("acme-shop");
        assertThat(room.limit()).isEqualByComparingTo("100");
        assertThat(room.currency()).isEqualTo("USD");
        assertThat(room.held()).isEqualByComparingTo("20");
        assertThat(room.posted()).isEqualByComparingTo("10");
        assertThat(room.remaining()).isEqualByComparingTo("70");
        assertThat(room.periodEnd()).isNull();
    }

    @Test
    void a_budget_that_nothing_was_held_of_yet_has_all_its_room_and_a_turn() {
        books.insert(budget("project", "acme-shop", "100", "day"));

        Room room = rooms("prod", "acme-shop").get(0);
        LocalDate today = LocalDate.now(Clock.systemUTC());
        assertThat(room.held()).isZero();
        assertThat(room.posted()).isZero();
        assertThat(room.told()).isZero();
        assertThat(room.remaining()).isEqualByComparingTo("100");
        assertThat(room.periodEnd())
                .isEqualTo(today.plusDays(1).atStartOfDay(ZoneOffset.UTC).toInstant());
    }

    @Test
    void what_was_spent_in_a_period_that_is_over_takes_no_room_of_the_running_one() {
        books.insert(budget("project", "acme-shop", "100", "day"));
        books.hold("acme-shop", "30");
        books.yesterday("acme-shop");

        assertThat(rooms("prod", "acme-shop").get(0).held()).isZero();
    }

    @Test
    void the_tenants_budget_comes_after_those_of_the_projects_asked_for_and_other_envs_have_their_own() {
        books.insert(budget("project", "a", "1", "total"));
        books.insert(budget("project", "b", "2", "total"));
        books.insert(budget("project", "c", "3", "total"));
        books.insert(budget("tenant", tenant.id().value(), "4", "month"));
        books.insert(budget("tenant", tenant.id().value(), "5", "month").env("sandbox"));

        assertThat(rooms("prod", "c", "a").stream().map(Room::limit).map(BigDecimal::intValueExact))
                .containsExactly(1, 3, 4);
        assertThat(rooms("sandbox", "c").stream().map(Room::limit).map(BigDecimal::intValueExact))
                .containsExactly(5);
    }

    @Test
    void another_tenants_budgets_are_no_room_of_mine() {
        new Books(Tenant.fresh()).insert(budget("project", "acme-shop", "100", "total"));

        assertThat(rooms("prod", "acme-shop")).isEmpty();
    }

    @Test
    void a_budget_that_refused_a_hold_is_told_to_be_exhausted_once_however_many_find_out() throws Exception {
        books.insert(budget("project", "acme-shop", "100", "month"));

        Race.of(8, i -> () -> {
            refused("prod", BudgetScope.PROJECT, "acme-shop");
            return true;
        });

        assertThat(books.told()).containsExactly("budget.exhausted prod/project/acme-shop 1");
        assertThat(rooms("prod", "acme-shop").get(0).toldExhausted()).isTrue();
    }

    @Test
    void nothing_is_told_of_a_budget_that_is_not_there() {
        refused("prod", BudgetScope.PROJECT, "acme-shop");

        assertThat(books.told()).isEmpty();
    }

    private List<Room> rooms(String env, String... projects) {
        return tenant.as(() -> tenant.bean(BudgetBook.class).rooms(env, List.of(projects)));
    }

    private void refused(String env, BudgetScope scope, String id) {
        tenant.as(() -> {
            tenant.bean(BudgetBook.class).refused(env, scope, id);
            return true;
        });
    }
}
