package dev.taskorder.activities.invariant;

import static dev.taskorder.activities.testing.Orders.anOrder;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.taskorder.activities.testing.Application;
import dev.taskorder.activities.testing.Orders;
import dev.taskorder.activities.testing.Tenant;
import dev.taskorder.activities.testing.TestDatabase;
import dev.taskorder.api.order.Status;
import dev.taskorder.api.order.TaskOrder;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Each invariant is broken by hand, as no step of ours could, and found. */
class ViolationsTest {
    private final Tenant tenant = Tenant.fresh();
    private TaskOrder running;

    @BeforeEach
    void anOrderThatExecutes() {
        tenant.asset("ip-1", "RAW_NET", "ip", 3, "1");
        tenant.asset("ip-2", "RAW_NET", "ip", 3, "1");
        running = tenant.running(wanting(2));
        tenant.begin(running, 1);
    }

    @Test
    void where_all_is_as_it_must_be_nothing_is_found() {
        tenant.finish(tenant.running(wanting(1)));
        assertThat(violations()).isEmpty();
    }

    @Test
    void a_live_lease_of_an_order_that_is_over_is_found() {
        TaskOrder over = tenant.finish(tenant.running(wanting(1)));
        broken("UPDATE lease SET state = 'ACTIVE', released_at = NULL WHERE task_id = '" + over.taskId() + "'");
        String lease = tenant.leases(over.taskId()).get(0).leaseId().toString();
        assertThat(violations())
                .containsExactly(new Violation(
                        Invariant.LEASE_WITHOUT_ORDER,
                        "prod",
                        "task_order",
                        over.taskId().toString(),
                        "leases " + lease + " of ip-1 are live although the order is SUCCESS"));
    }

    @Test
    void a_live_lease_of_an_order_that_is_over_is_taken_back_by_call() {
        TaskOrder over = tenant.finish(tenant.running(wanting(1)));
        broken("UPDATE lease SET state = 'ACTIVE', released_at = NULL WHERE task_id = '" + over.taskId() + "'");
        tenant.revoked(over, "ip-1");
        assertThat(violations()).isEmpty();
        assertThat(tenant.events(over)).endsWith("task_order.succeeded", "lease.revoked");
        assertThat(tenant.statusOf(over)).isEqualTo(Status.SUCCESS);
    }

    @Test
    void a_slot_that_two_live_leases_hold_is_found() {
        // what the index forbids can only be seen where it is not
        TestDatabase.get()
                .whileHeld(
                        jdbc -> {
                            jdbc.sql("DROP INDEX lease_live_slot").update();
                            jdbc.sql("SET LOCAL session_replication_role = replica")
                                    .update();
                            jdbc.sql("""
                    INSERT INTO lease (tenant_id, lease_id, task_id, asset_id, slot_no, hint_index, acquired_at, expires_at,
                           unit_cost, currency, sku_category, sku_code, decision)
                    SELECT tenant_id, gen_random_uuid(), gen_random_uuid(), asset_id, slot_no, hint_index, acquired_at,
                           expires_at, unit_cost, currency, sku_category, sku_code, decision
                      FROM lease WHERE task_id = :task AND asset_id = 'ip-1'
                    """).param("task", running.taskId()).update();
                            jdbc.sql("SET LOCAL ROLE " + TestDatabase.APP).update();
                            jdbc.sql("SELECT set_config('taskorder.tenant', :tenant, true)")
                                    .param("tenant", tenant.id().value())
                                    .query()
                                    .singleRow();
                            assertThat(jdbc.sql("SELECT * FROM slot_shared")
                                            .query()
                                            .listOfRows())
                                    .containsExactly(Map.of(
                                            "invariant", "slot_shared",
                                            "env", "prod",
                                            "object_type", "asset",
                                            "object_id", "ip-1",
                                            "detail", "slot 1 has 2 live leases"));
                        },
                        () -> {});
    }

    @Test
    void an_asset_with_more_live_leases_than_it_bears_is_found_unless_it_drains() {
        tenant.running(wanting(1));
        tenant.asset("ip-1", "RAW_NET", "ip", 1, "1");
        assertThat(violations()).as("it was lowered: it drains").isEmpty();
        broken("UPDATE asset SET capacity_lowered_at = now() - interval '1 minute' WHERE asset_id = 'ip-1'");
        assertThat(violations())
                .extracting(Violation::invariant, Violation::objectId)
                .containsExactly(tuple(Invariant.ASSET_OVERSOLD, "ip-1"));
        broken("UPDATE asset SET capacity_lowered_at = NULL WHERE asset_id = 'ip-1'");
        assertThat(violations())
                .extracting(Violation::detail)
                .first()
                .asString()
                .startsWith("has 2 live leases, max_concurrency is 1; the newest is of 20");
    }

    @Test
    void an_attempt_that_executes_without_a_lease_that_it_needs_is_found() {
        broken("UPDATE lease SET state = 'RELEASED', released_at = now() WHERE asset_id = 'ip-2'");
        assertThat(violations())
                .containsExactly(new Violation(
                        Invariant.ATTEMPT_WITHOUT_LEASES,
                        "prod",
                        "task_order",
                        running.taskId().toString(),
                        "attempt 1 executes with {1} leases per hint, asked for are {2}; lease_ids of the order are not its"
                                + " live leases; lease_ids of the attempt are not the order's live leases"));
    }

    @Test
    void an_order_that_names_another_lease_than_it_has_is_found() {
        broken("UPDATE task_order SET lease_ids = ARRAY[lease_ids[1], gen_random_uuid()] WHERE status = 'RUNNING'");
        assertThat(violations()).extracting(Violation::invariant).containsExactly(Invariant.ATTEMPT_WITHOUT_LEASES);
    }

    @Test
    void who_has_not_begun_or_is_past_its_deadline_is_no_attempt_that_executes() {
        TaskOrder granted = tenant.running(wanting(1));
        broken("UPDATE lease SET state = 'RELEASED', released_at = now() WHERE task_id = '" + granted.taskId() + "'");
        broken("UPDATE task_order SET deadline = now(), lease_ids = '{}' WHERE task_id = '" + running.taskId() + "'");
        assertThat(violations()).isEmpty();
    }

    @Test
    void an_order_that_could_be_served_while_nothing_makes_the_matcher_look_is_found_and_then_served() {
        TaskOrder waiting = unserved();
        assertThat(violations())
                .containsExactly(new Violation(
                        Invariant.HEAD_UNSERVED,
                        "prod",
                        "task_order",
                        waiting.taskId().toString(),
                        "it waits although it could have card, and nothing makes the matcher look"));
        look();
        assertThat(tenant.statusOf(waiting)).isEqualTo(Status.RUNNING);
        assertThat(violations()).isEmpty();
    }

    @Test
    void who_waits_since_a_moment_only_and_who_has_a_chance_under_way_is_not_looked_at() {
        TaskOrder waiting = unserved();
        for (String chance : List.of(
                "UPDATE task_order SET waits_since = now() WHERE waits_since IS NOT NULL",
                "INSERT INTO match_wanted (tenant_id, env) SELECT tenant_id, 'prod' FROM asset WHERE asset_id = 'card'",
                "UPDATE asset_slot SET rests_until = now() WHERE asset_id = 'ip-1'",
                "UPDATE asset SET status = 'COOLING_DOWN', cool_until = now() WHERE asset_id = 'ip-1'")) {
            assertThat(violations()).as("before %s", chance).isNotEmpty();
            broken(chance);
            assertThat(violations()).as(chance).isEmpty();
            broken("UPDATE task_order SET waits_since = now() - interval '1 minute' WHERE waits_since IS NOT NULL");
            broken("DELETE FROM match_wanted");
            broken("UPDATE asset_slot SET rests_until = NULL");
            broken("UPDATE asset SET status = 'AVAILABLE', cool_until = NULL");
        }
        assertThat(tenant.statusOf(waiting)).isEqualTo(Status.QUEUED);
    }

    @Test
    void a_violation_is_told_once_as_long_as_it_is_there_and_again_if_it_comes_back() {
        String broken =
                "UPDATE task_order SET lease_ids = ARRAY[lease_ids[1], gen_random_uuid()] WHERE status = 'RUNNING'";
        broken(broken);
        assertThat(look()).hasSize(1);
        assertThat(look()).isEmpty();
        assertThat(told()).isEqualTo(1);
        broken("""
                UPDATE task_order o
                   SET lease_ids = ARRAY(SELECT lease_id FROM lease l WHERE l.task_id = o.task_id AND l.state = 'ACTIVE')
                 WHERE status = 'RUNNING'
                """);
        assertThat(look()).isEmpty();
        broken(broken);
        assertThat(look()).hasSize(1);
        assertThat(told()).isEqualTo(2);
    }

    @Test
    void what_is_wrong_with_another_tenant_is_not_seen() {
        broken("UPDATE task_order SET lease_ids = '{}' WHERE status = 'RUNNING'");
        Tenant other = Tenant.fresh();
        assertThat(other.as(() -> Application.shared().bean(Invariants.class).violations()))
                .isEmpty();
    }

    private static Orders wanting(int count) {
        return anOrder().wanting("RAW_NET", null, count);
    }

    /** It waits for a card that became available behind the matcher's back. */
    private TaskOrder unserved() {
        tenant.bannedAsset("card", "RAW_FUND", "vcc");
        TaskOrder waiting = tenant.waiting(anOrder().wanting("RAW_FUND", null, 1));
        broken("UPDATE asset SET status = 'AVAILABLE' WHERE asset_id = 'card'");
        broken("UPDATE task_order SET waits_since = now() - interval '1 minute' WHERE waits_since IS NOT NULL");
        return waiting;
    }

    private List<Violation> violations() {
        return tenant.as(() -> Application.shared().bean(Invariants.class).violations());
    }

    private List<Violation> look() {
        return tenant.as(() -> Application.shared().bean(Invariants.class).look());
    }

    /** Of this tenant's rows only, without triggers and past the wall. */
    private void broken(String statement) {
        TestDatabase.get().withoutTriggers(jdbc -> {
            String and = statement.contains("WHERE") ? " AND " : " WHERE ";
            String where = statement.startsWith("INSERT") ? " AND asset.tenant_id = '" : and + "tenant_id = '";
            jdbc.sql(statement + where + tenant.id() + "'").update();
        });
    }

    private long told() {
        return tenant.sql(jdbc -> jdbc.sql("""
                SELECT count(*) FROM task_event
                 WHERE type = 'task_order.updated' AND actor = 'maintenance' AND data ->> 'what' = 'invariant attempt_without_leases'
                """).query(Long.class).single());
    }
}
