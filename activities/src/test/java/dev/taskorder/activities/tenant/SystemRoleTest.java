package dev.taskorder.activities.tenant;

import static dev.taskorder.activities.testing.Orders.anOrder;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.taskorder.activities.testing.Application;
import dev.taskorder.activities.testing.Tenant;
import dev.taskorder.activities.testing.TestDatabase;
import dev.taskorder.api.operation.BulkOperations;
import dev.taskorder.api.order.TaskOrder;
import dev.taskorder.api.order.TaskOrderFilter;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.jdbc.core.simple.JdbcClient;

/** The role that looks over all tenants sees whose time has come, and can do nothing about it. */
class SystemRoleTest {
    private static final String SYSTEM = "taskorder_system";
    private static final String WRITES = "INSERT, UPDATE, DELETE, TRUNCATE, REFERENCES, TRIGGER";

    private final Application application = Application.shared();
    private final Tenant tenant = new Tenant(application);
    private final JdbcClient superuser = TestDatabase.get().superuser();

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
            to be started now                         | 1 | start_due_at = now()
            claimed by a dispatcher, or backing off   | 0 | start_due_at = now() + interval '5 seconds'
            whose workflow is to be looked up now     | 1 | started_run_no = run_no, check_due_at = now()
            whose workflow is to be looked up later   | 1 | started_run_no = run_no, check_due_at = now() + interval '1 hour'
            that waits for nobody                     | 0 | started_run_no = run_no
            a minute past its deadline                | 1 | started_run_no = run_no, deadline = now() - interval '61 seconds'
            less than a minute past its deadline      | 0 | started_run_no = run_no, deadline = now() - interval '59 seconds'
            """)
    void an_open_order_is_seen_when_it_is_due(String which, int seen, String state) {
        tenant.asset("ip", "RAW_NET", "ip", 1, "1");
        TaskOrder order = tenant.created(anOrder().wanting("RAW_NET", null, 1).spec());
        if (state.contains("deadline")) {
            tenant.admitted(order);
            set("task_order", "check_due_at = NULL");
        }
        set("task_order", state);
        assertThat(seenIn("task_order")).as(which).isEqualTo(seen);
    }

    @Test
    void an_order_that_is_over_is_nobodys_work() {
        TaskOrder order = tenant.created(anOrder().spec());
        assertThat(seenIn("task_order")).isEqualTo(1);
        tenant.cancel(order.taskId());
        assertThat(seenIn("task_order")).isZero();
        set("task_order", "check_due_at = now(), deadline = now() - interval '2 minutes', run_no = 2");
        assertThat(seenIn("task_order")).as("whatever its due times say").isZero();
    }

    @Test
    void a_lease_is_seen_when_it_has_expired_and_is_held() {
        tenant.asset("ip", "RAW_NET", "ip", 1, "1");
        tenant.admitted(tenant.created(anOrder().wanting("RAW_NET", null, 1).spec()));
        assertThat(seenIn("lease")).isZero();
        set("lease", "expires_at = now() - interval '4 seconds'");
        assertThat(seenIn("lease")).isZero();
        set("lease", "expires_at = now() - interval '6 seconds'");
        assertThat(seenIn("lease")).isEqualTo(1);
        set("lease", "state = 'RELEASED', released_at = clock_timestamp()");
        assertThat(seenIn("lease")).isZero();
    }

    @Test
    void a_slot_is_seen_when_its_rest_is_over() {
        tenant.asset("ip", "RAW_NET", "ip", 1, "1");
        assertThat(seenIn("asset_slot")).isZero();
        set("asset_slot", "rests_until = now() + interval '1 second'");
        assertThat(seenIn("asset_slot")).isZero();
        set("asset_slot", "rests_until = now()");
        assertThat(seenIn("asset_slot")).isEqualTo(1);
    }

    @Test
    void an_asset_is_seen_when_its_cool_down_is_over() {
        tenant.asset("ip", "RAW_NET", "ip", 1, "1");
        assertThat(seenIn("asset")).isZero();
        set("asset", "status = 'COOLING_DOWN', cool_until = now() + interval '1 second'");
        assertThat(seenIn("asset")).isZero();
        set("asset", "cool_until = now()");
        assertThat(seenIn("asset")).isEqualTo(1);
        set("asset", "status = 'BANNED', cool_until = NULL");
        assertThat(seenIn("asset")).isZero();
    }

    @Test
    void a_budget_is_seen_when_its_period_is_over() {
        tenant.sql(
                jdbc -> jdbc.sql("INSERT INTO budget (env, scope, scope_id, limit_amount, currency, period, turns_at) "
                                + "VALUES ('prod', 'project', 'p', 1, 'USD', 'day', now() + interval '1 second')")
                        .update());
        assertThat(seenIn("budget")).isZero();
        set("budget", "turns_at = now()");
        assertThat(seenIn("budget")).isEqualTo(1);
        set("budget", "turns_at = NULL, period = 'total'");
        assertThat(seenIn("budget")).isZero();
    }

    @Test
    void a_signal_is_seen_when_it_is_due() {
        TaskOrder order = tenant.created(anOrder().spec());
        tenant.sql(jdbc -> jdbc.sql("INSERT INTO outbox (task_id, signal, due_at) "
                        + "VALUES (:task, 'wake', now() + interval '1 second')")
                .param("task", order.taskId())
                .update());
        assertThat(seenIn("outbox")).isZero();
        set("outbox", "due_at = now()");
        assertThat(seenIn("outbox")).isEqualTo(1);
    }

    @Test
    void a_tenant_is_seen_when_its_clean_up_is_due() {
        assertThat(seenIn("tenant_seq")).isZero();
        set("tenant_seq", "cleans_at = now() + interval '1 second'");
        assertThat(seenIn("tenant_seq")).isZero();
        set("tenant_seq", "cleans_at = now()");
        assertThat(seenIn("tenant_seq")).isEqualTo(1);
    }

    @Test
    void an_operation_is_seen_when_it_is_due() {
        tenant.created(anOrder().spec());
        TaskOrderFilter all = new TaskOrderFilter(null, Set.of(), null, null, null, null, null, null, null, null);
        tenant.as(() -> tenant.bean(BulkOperations.class).cancel(all, "a mistake", false, Tenant.CALLER));
        assertThat(seenIn("bulk_operation")).isEqualTo(1);
        set("bulk_operation", "due_at = now() + interval '1 second'");
        assertThat(seenIn("bulk_operation")).isZero();
    }

    @Test
    void a_mark_is_seen_from_the_moment_it_is_made() {
        assertThat(seenIn("match_wanted")).isZero();
        tenant.sql(jdbc ->
                jdbc.sql("INSERT INTO match_wanted (env) VALUES ('prod')").update());
        assertThat(seenIn("match_wanted")).isEqualTo(1);
    }

    @Test
    void books_that_moved_are_seen_and_no_entry_of_them() {
        assertThat(seenIn("books_moved")).isZero();
        tenant.asset("ip", "RAW_NET", "ip", 1, "1");
        tenant.running(anOrder().wanting("RAW_NET", null, 1));
        assertThat(seenIn("books_moved")).isEqualTo(1);
    }

    @Test
    void of_what_is_due_it_sees_whose_and_since_when_and_not_what() {
        Map<String, List<String>> columns = Map.ofEntries(
                Map.entry(
                        "task_order",
                        List.of(
                                "check_due_at",
                                "deadline",
                                "finished_at",
                                "run_no",
                                "start_due_at",
                                "started_run_no",
                                "status",
                                "tenant_id")),
                Map.entry("lease", List.of("expires_at", "state", "tenant_id")),
                Map.entry("asset", List.of("cool_until", "tenant_id")),
                Map.entry("budget", List.of("tenant_id", "turns_at")),
                Map.entry("bulk_operation", List.of("due_at", "tenant_id")),
                Map.entry("books_moved", List.of("tenant_id")),
                Map.entry("asset_slot", List.of("reserved_until", "rests_until", "tenant_id")),
                Map.entry("outbox", List.of("due_at", "tenant_id")),
                Map.entry("tenant", List.of("cancels_at", "tenant_id")),
                Map.entry("match_wanted", List.of("env", "held_for", "marked_at", "tenant_id")),
                Map.entry("pause", List.of("mode", "tenant_id", "what")),
                Map.entry("handler_cursor", List.of("due_at", "handler", "seq", "tenant_id")),
                Map.entry("task_event", List.of("seq", "tenant_id")),
                Map.entry("tenant_seq", List.of("cleans_at", "last", "tenant_id")),
                Map.entry("api_key", List.of("expires_at", "key_id", "place", "tenant_id")),
                Map.entry(
                        "webhook",
                        List.of("owner_key", "owner_tenant", "replay_to", "status", "tenant_id", "webhook_id")),
                Map.entry("webhook_fan_out", List.of("fanned_seq", "tenant_id")),
                Map.entry("webhook_delivery", List.of("next_attempt_at", "tenant_id", "webhook_id")));
        for (String table : WallTest.tenantTables()) {
            List<String> readable = superuser
                    .sql("""
                    SELECT attname FROM pg_attribute
                     WHERE attrelid = :t::regclass AND attnum > 0 AND NOT attisdropped
                       AND has_column_privilege(:system, attrelid, attnum, 'SELECT')
                     ORDER BY 1
                    """)
                    .param("t", table)
                    .param("system", SYSTEM)
                    .query(String.class)
                    .list();
            assertThat(readable).as(table).isEqualTo(columns.getOrDefault(table, List.of()));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "SELECT input FROM task_order",
                "SELECT * FROM lease",
                "SELECT 1 FROM ledger_entry",
                "SELECT nextval('fencing_token')"
            })
    void what_it_may_not_see_is_refused(String question) {
        assertThatThrownBy(() -> asSystem(jdbc -> jdbc.sql(question).query().listOfRows()))
                .rootCause()
                .hasMessageContaining("permission denied");
    }

    @Test
    void it_can_write_nothing() {
        for (String table : WallTest.tenantTables()) {
            boolean writes = superuser
                    .sql("SELECT has_table_privilege(:system, :t, :writes)"
                            + " OR has_any_column_privilege(:system, :t, 'INSERT, UPDATE, REFERENCES')")
                    .param("system", SYSTEM)
                    .param("t", table)
                    .param("writes", WRITES)
                    .query(Boolean.class)
                    .single();
            assertThat(writes).as(table).isFalse();
        }
        // and it does not even get so far as to be refused for its privileges
        assertThatThrownBy(() -> asSystem(jdbc -> jdbc.sql("DELETE FROM outbox").update()))
                .rootCause()
                .hasMessageContaining("read-only transaction");
    }

    @Test
    void the_application_may_enter_the_role_and_does_not_inherit_it() {
        Map<String, Object> membership = superuser
                .sql("""
                SELECT inherit_option, set_option, admin_option FROM pg_auth_members
                 WHERE roleid = :system::regrole AND member = :app::regrole
                """)
                .param("system", SYSTEM)
                .param("app", TestDatabase.APP)
                .query()
                .singleRow();
        assertThat(membership)
                .containsEntry("inherit_option", false)
                .containsEntry("set_option", true)
                .containsEntry("admin_option", false);
        tenant.created(anOrder().spec());
        Tenant other = new Tenant(application);
        assertThat(other.<Long>sql(jdbc -> jdbc.sql("SELECT count(*) FROM task_order")
                        .query(Long.class)
                        .single()))
                .as("its policies do not reach the application's role")
                .isZero();
    }

    private void set(String table, String state) {
        tenant.sql(jdbc -> jdbc.sql("UPDATE " + table + " SET " + state).update());
    }

    /** Rows of this test's tenant. */
    private int seenIn(String table) {
        return asSystem(jdbc -> jdbc.sql("SELECT count(tenant_id) FROM " + table + " WHERE tenant_id = :t")
                .param("t", tenant.id().value())
                .query(Integer.class)
                .single());
    }

    private <T> T asSystem(Function<JdbcClient, T> question) {
        return application.bean(SystemTransactions.class).in(() -> question.apply(application.bean(JdbcClient.class)));
    }
}
