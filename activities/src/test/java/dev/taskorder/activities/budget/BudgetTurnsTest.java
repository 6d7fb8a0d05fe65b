package dev.taskorder.activities.budget;

import static dev.taskorder.activities.budget.Books.budget;
import static dev.taskorder.activities.testing.Orders.anOrder;
import static org.assertj.core.api.Assertions.assertThat;

import dev.taskorder.activities.maintenance.Due;
import dev.taskorder.activities.maintenance.Due.Kind;
import dev.taskorder.activities.maintenance.DueWork;
import dev.taskorder.activities.testing.Application;
import dev.taskorder.activities.testing.Days;
import dev.taskorder.activities.testing.Tenant;
import dev.taskorder.activities.testing.TestDatabase;
import dev.taskorder.api.order.Status;
import dev.taskorder.api.order.TaskOrder;
import java.time.Clock;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A budget turns although nobody asks. */
class BudgetTurnsTest {
    private final Tenant tenant = Tenant.fresh();
    private final Books books = new Books(tenant);
    private final DueWork due = Application.shared().bean(DueWork.class);

    @Test
    void a_budget_whose_period_runs_is_not_due() {
        books.insert(budget("project", "shop", "10", "day"));
        books.insert(budget("project", "other", "10", "total"));

        assertThat(kindsDue()).doesNotContain(Kind.TURNED);
    }

    @ParameterizedTest
    @ValueSource(strings = {"1 second", "1 day", "400 days"})
    void a_budget_turns_to_the_running_period_however_many_turns_were_missed(String late) {
        books.insert(budget("project", "shop", "10", "day"));
        books.insert(budget("tenant", tenant.id().value(), "10", "month"));
        late(late);
        assertThat(kindsDue()).containsOnlyOnce(Kind.TURNED);

        turn();

        assertThat(kindsDue()).doesNotContain(Kind.TURNED);
        LocalDate today = LocalDate.now(Clock.systemUTC());
        assertThat(turns())
                .containsExactly(today.plusDays(1), today.plusMonths(1).withDayOfMonth(1));
    }

    @Test
    void an_order_that_waits_for_a_budget_starts_in_its_next_period_and_the_hold_of_the_last_one_stays_there() {
        books.insert(budget("project", "acme-shop", "10", "day"));
        tenant.asset("ip-1", "RAW_NET", "ip", 9, "6");
        TaskOrder first = tenant.running(anOrder().wanting("RAW_NET", "ip", 1));
        TaskOrder waiting = tenant.waiting(anOrder().wanting("RAW_NET", "ip", 1));
        Days.pass(tenant);

        turn();

        assertThat(tenant.statusOf(waiting)).isEqualTo(Status.RUNNING);
        LocalDate today = LocalDate.now(Clock.systemUTC());
        tenant.finish(first);
        assertThat(books.periods("acme-shop")).containsExactly(today.minusDays(1) + " 0 6 0", today + " 6 0 0");
        assertThat(books.violations()).isEmpty();
    }

    @Test
    void an_order_that_needs_nothing_and_waits_under_a_budget_that_is_used_up_starts_in_its_next_period() {
        books.insert(budget("project", "acme-shop", "6", "day"));
        tenant.asset("ip-1", "RAW_NET", "ip", 9, "6");
        tenant.finish(tenant.running(anOrder().wanting("RAW_NET", "ip", 1)));
        TaskOrder waiting = tenant.waiting(anOrder());
        Days.pass(tenant);

        turn();

        assertThat(tenant.statusOf(waiting)).isEqualTo(Status.RUNNING);
    }

    @Test
    void a_second_turn_at_the_same_time_does_nothing_more() {
        books.insert(budget("project", "shop", "10", "day"));
        late("1 second");
        turn();
        String rows = books.rows();

        turn();

        assertThat(books.rows()).isEqualTo(rows);
        assertThat(kindsDue()).doesNotContain(Kind.MATCH);
    }

    @Test
    void a_budget_that_is_being_changed_keeps_no_other_from_turning() {
        books.insert(budget("project", "a", "10", "day"));
        books.insert(budget("project", "b", "10", "day"));
        late("1 day");

        TestDatabase.get()
                .whileHeld(
                        jdbc -> jdbc.sql("SELECT 1 FROM budget WHERE tenant_id = :tenant AND scope_id = 'a' FOR UPDATE")
                                .param("tenant", tenant.id().value())
                                .query(Integer.class)
                                .single(),
                        this::turn);

        assertThat(turns())
                .element(1)
                .isEqualTo(LocalDate.now(Clock.systemUTC()).plusDays(1));
        turn();
        assertThat(turns()).containsOnly(LocalDate.now(Clock.systemUTC()).plusDays(1));
    }

    private void late(String by) {
        tenant.sql(jdbc -> jdbc.sql("UPDATE budget SET turns_at = now() - :by::interval WHERE turns_at IS NOT NULL")
                .param("by", by)
                .update());
    }

    private void turn() {
        tenant.as(() -> {
            due.turnBudgets();
            return true;
        });
    }

    private List<Kind> kindsDue() {
        return due.look().stream()
                .filter(one -> one.tenant().equals(tenant.id()))
                .map(Due::kind)
                .toList();
    }

    private List<LocalDate> turns() {
        return tenant.sql(jdbc ->
                jdbc
                        .sql("SELECT turns_at FROM budget ORDER BY scope, scope_id")
                        .query(OffsetDateTime.class)
                        .list()
                        .stream()
                        .map(at -> at.atZoneSameInstant(ZoneOffset.UTC).toLocalDate())
                        .toList());
    }
}
