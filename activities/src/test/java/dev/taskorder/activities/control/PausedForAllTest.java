package dev.taskorder.activities.control;

import static dev.taskorder.activities.testing.Orders.anOrder;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.taskorder.activities.event.EventRelay;
import dev.taskorder.activities.maintenance.Due;
import dev.taskorder.activities.maintenance.DueWork;
import dev.taskorder.activities.tenant.TenantTransactions;
import dev.taskorder.activities.testing.Application;
import dev.taskorder.activities.testing.Tenant;
import dev.taskorder.activities.testing.TestDatabase;
import dev.taskorder.api.control.ControlAdmin;
import dev.taskorder.api.control.ControlAdmin.Shown;
import dev.taskorder.api.control.Pause;
import dev.taskorder.api.control.Pause.Mode;
import dev.taskorder.api.control.Pause.What;
import dev.taskorder.api.explain.Blocker;
import dev.taskorder.api.explain.Explanations;
import dev.taskorder.api.matching.MatchTrigger;
import dev.taskorder.api.order.Status;
import dev.taskorder.api.order.TaskOrder;
import dev.taskorder.api.page.Page;
import dev.taskorder.api.page.PageRequest;
import dev.taskorder.api.tenant.Caller;
import dev.taskorder.api.tenant.TenantId;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;
import org.springframework.jdbc.core.simple.JdbcClient;

/** What is paused for all tenants, and the list of all that is paused. Alone, for it holds what other tests do too. */
@Isolated
class PausedForAllTest {
    private static final Caller OPERATOR = new Caller("operator", null);

    private final Application application = Application.shared();
    private final ControlAdmin admin = application.bean(ControlAdmin.class);
    private final Tenant a = Tenant.fresh();
    private final Tenant b = Tenant.fresh();

    @AfterEach
    void go_on() {
        for (What what : What.values()) {
            installation(() -> admin.resume(what, null, OPERATOR));
        }
    }

    @Test
    void no_tenants_orders_begin_not_even_of_one_that_is_made_meanwhile() {
        pause(What.ORDERS, Mode.HOLD);
        Tenant later = Tenant.fresh();
        List<TaskOrder> orders = List.of(a.waiting(anOrder()), later.waiting(anOrder()));
        assertThat(a.as(() -> a.bean(Explanations.class).of(orders.get(0).taskId()).orElseThrow().blockers().stream()
                        .map(Blocker::code)
                        .toList()))
                .containsExactly(Blocker.CONTROL_PAUSED);

        installation(() -> admin.resume(What.ORDERS, null, OPERATOR));

        maintenanceServes(a);
        maintenanceServes(later);
        assertThat(a.statusOf(orders.get(0))).isEqualTo(Status.RUNNING);
        assertThat(later.statusOf(orders.get(1))).isEqualTo(Status.RUNNING);
    }

    @Test
    void a_tenants_own_pause_outlasts_that_of_all_and_the_other_way_round() {
        own(a, What.ORDERS);
        pause(What.ORDERS, Mode.DRAIN);
        TaskOrder order = a.waiting(anOrder());
        assertThat(a.as(() -> a.bean(Explanations.class).of(order.taskId()).orElseThrow().blockers().stream()
                        .map(Blocker::code)
                        .toList()))
                .containsExactly(Blocker.CONTROL_PAUSED, Blocker.TENANT_PAUSED);
        a.as(() -> admin.resume(What.ORDERS, null, OPERATOR));
        assertThat(a.statusOf(order)).isEqualTo(Status.QUEUED);
        own(a, What.ORDERS);
        installation(() -> admin.resume(What.ORDERS, null, OPERATOR));
        look(a);
        assertThat(a.statusOf(order)).isEqualTo(Status.QUEUED);
        a.as(() -> admin.resume(What.ORDERS, null, OPERATOR));
        assertThat(a.statusOf(order)).isEqualTo(Status.RUNNING);
    }

    @Test
    void the_list_has_each_pause_with_what_waits_those_of_all_first_page_by_page() {
        own(b, What.WEBHOOKS);
        own(a, What.ORDERS);
        a.waiting(anOrder());
        pause(What.ORDERS, Mode.DRAIN);
        b.waiting(anOrder());
        b.waiting(anOrder());

        List<Shown> all = new ArrayList<>();
        String cursor = null;
        do {
            String after = cursor;
            Page<Shown> page = installation(() -> admin.list(new PageRequest(1, after)));
            all.addAll(page.items());
            cursor = page.nextCursor();
        } while (cursor != null);

        Shown first = all.get(0);
        assertThat(first.pause().isOfAll()).isTrue();
        assertThat(first.pause().mode()).isEqualTo(Mode.DRAIN);
        assertThat(first.pause().by()).isEqualTo("operator");
        assertThat(first.waiting()).isGreaterThanOrEqualTo(3);
        assertThat(all.stream()
                        .filter(one ->
                                List.of(a.id(), b.id()).contains(one.pause().tenant()))
                        .map(one -> one.pause().tenant() + " " + one.pause().what() + " " + one.waiting()))
                .containsExactlyInAnyOrder(a.id() + " ORDERS 1", b.id() + " WEBHOOKS 0");
        assertThat(all.stream()
                        .map(one -> one.pause().tenant() + " " + one.pause().what()))
                .doesNotHaveDuplicates();
    }

    @Test
    void events_of_no_tenant_are_seen_while_those_of_all_are_paused() {
        a.created(anOrder().spec());
        pause(What.EVENTS, Mode.HOLD);
        assertThat(seen(a)).isZero();
        assertThat(admin.list(new PageRequest(200, null)).items().get(0).waiting())
                .isPositive();
        installation(() -> admin.resume(What.EVENTS, null, OPERATOR));
        assertThat(seen(a)).isEqualTo(1);
    }

    @Test
    void what_waits_is_counted_no_further_than_a_list_can_bear() {
        TenantTransactions transactions = a.bean(TenantTransactions.class);
        JdbcClient jdbc = a.bean(JdbcClient.class);
        assertThatThrownBy(() -> a.as(() -> transactions.in(() -> {
                    jdbc.sql("""
                                    INSERT INTO task_event (object_type, object_id, type, actor, data)
                                    SELECT 'tenant', current_tenant(), 'tenant.updated', 'test', '{}'
                                      FROM generate_series(1, :more_than_max)
                                    """)
                            .param("more_than_max", ControlAdmin.WAITING_MAX + 1)
                            .update();
                    long counted = jdbc.sql(PauseList.UNSEEN).query(Long.class).single();
                    throw new IllegalStateException("taken back, having counted " + counted);
                })))
                .hasMessage("taken back, having counted 100000");
    }

    private static int seen(Tenant tenant) {
        return tenant.as(() -> tenant.bean(EventRelay.class).seeNext());
    }

    @Test
    void no_tenant_can_pause_all_or_end_such_a_pause() {
        pause(What.ORDERS, Mode.HOLD);
        assertThat(a.<Integer>sql(jdbc -> jdbc.sql("DELETE FROM pause_of_all").update()))
                .isZero();
        assertThat(a.<Integer>sql(jdbc ->
                        jdbc.sql("UPDATE pause_of_all SET mode = 'drain'").update()))
                .isZero();
        assertThatThrownBy(() -> a.sql(jdbc -> jdbc.sql(
                                "INSERT INTO pause_of_all (what, mode, paused_by) VALUES ('events', 'hold', 'me')")
                        .update()))
                .rootCause()
                .hasMessageContaining("row-level security");
        assertThat(a.as(() -> admin.resume(What.ORDERS, null, OPERATOR))).isEmpty();
    }

    private void maintenanceServes(Tenant tenant) {
        TestDatabase.get()
                .superuser()
                .sql("UPDATE match_wanted SET marked_at = now() - interval '1 minute' WHERE tenant_id = :t")
                .param("t", tenant.id().value())
                .update();
        List<Due> due = tenant.bean(DueWork.class).look().stream()
                .filter(one -> one.tenant().equals(tenant.id()) && one.kind() == Due.Kind.MATCH)
                .toList();
        assertThat(due).hasSize(1);
        look(tenant);
    }

    private static void look(Tenant tenant) {
        tenant.as(() -> {
            tenant.bean(MatchTrigger.class).run("prod");
            return true;
        });
    }

    private void own(Tenant tenant, What what) {
        tenant.as(() -> admin.pause(what, null, null, new Caller("ada", null)));
    }

    private void pause(What what, Mode mode) {
        Pause pause = installation(() -> admin.pause(what, mode, "the world stops", OPERATOR))
                .pause();
        assertThat(pause.isOfAll()).isTrue();
    }

    private <T> T installation(Supplier<T> work) {
        return application.as(TenantId.SYSTEM, work);
    }
}
