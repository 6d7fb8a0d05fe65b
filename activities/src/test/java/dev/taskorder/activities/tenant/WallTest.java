package dev.taskorder.activities.tenant;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.taskorder.activities.testing.Application;
import dev.taskorder.activities.testing.Tenant;
import dev.taskorder.activities.testing.TestDatabase;
import dev.taskorder.api.lease.LeaseFilter;
import dev.taskorder.api.lease.Leases;
import dev.taskorder.api.ledger.Ledger;
import dev.taskorder.api.order.TaskOrder;
import dev.taskorder.api.order.TaskOrders;
import dev.taskorder.api.page.PageRequest;
import dev.taskorder.api.tenant.TenantNotBoundException;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;

/** No tenant sees or touches another's rows, whatever the code forgets: with a pool of one connection. */
class WallTest {
    private static Application application;
    private static Tenant a;
    private static Tenant b;
    private static TaskOrder order;

    @BeforeAll
    static void two_tenants_and_an_order_of_the_first() {
        application = new Application(1);
        a = new Tenant(application);
        b = new Tenant(application);
        order = EveryTable.filledFor(a);
    }

    @AfterAll
    static void close() {
        application.close();
    }

    static List<String> tenantTables() {
        return TestDatabase.get().superuser().sql("""
                SELECT c.relname FROM pg_class c
                  JOIN pg_attribute t ON t.attrelid = c.oid AND t.attname = 'tenant_id'
                 WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND c.relnamespace = 'public'::regnamespace
                 ORDER BY 1
                """).query(String.class).list();
    }

    @ParameterizedTest
    @MethodSource("tenantTables")
    void a_table_is_walled_off_and_its_keys_start_with_the_tenant(String table) {
        JdbcClient jdbc = TestDatabase.get().superuser();
        assertThat(jdbc.sql("SELECT relrowsecurity AND relforcerowsecurity FROM pg_class WHERE oid = :t::regclass")
                        .param("t", table)
                        .query(Boolean.class)
                        .single())
                .isTrue();
        List<String> keys = jdbc.sql("""
                SELECT k.conname FROM pg_constraint k
                  JOIN pg_attribute first ON first.attrelid = k.conrelid AND first.attnum = k.conkey[1]
                 WHERE k.conrelid = :t::regclass AND k.contype IN ('p', 'u', 'f') AND first.attname <> 'tenant_id'
                UNION ALL
                SELECT i.indexrelid::regclass::text FROM pg_index i
                  JOIN pg_attribute first ON first.attrelid = i.indrelid AND first.attnum = i.indkey[0]
                 WHERE i.indrelid = :t::regclass AND i.indisunique AND first.attname <> 'tenant_id'
                """).param("t", table).query(String.class).list();
        assertThat(keys).as("keys that do not start with tenant_id").isEmpty();
    }

    @ParameterizedTest
    @MethodSource("tenantTables")
    void a_table_shows_another_tenant_nothing_of_the_first(String table) {
        assertThat(rowsOfA(table)).as("else there would be nothing to hide").isNotEmpty();
        long others = b.sql(jdbc -> jdbc.sql("SELECT count(*) FROM " + table + " WHERE tenant_id <> :me")
                .param("me", b.id().value())
                .query(Long.class)
                .single());
        assertThat(others).isZero();
    }

    @ParameterizedTest
    @MethodSource("tenantTables")
    void a_row_of_the_first_tenant_is_not_changed_or_deleted_by_another_that_knows_its_key(String table) {
        List<String> before = rowsOfA(table);
        List<String> columns = columnsThatMayBeUpdated(table);
        String column = columns.isEmpty() ? "tenant_id" : columns.get(0);
        String update = "UPDATE " + table + " SET " + column + " = " + column + " WHERE " + keyOfA(table);
        if (columns.isEmpty()) {
            assertRefused(update);
        } else {
            assertThat(b.<Integer>sql(jdbc -> jdbc.sql(update).update())).isZero();
        }
        String delete = "DELETE FROM " + table + " WHERE " + keyOfA(table);
        if (mayDelete(table)) {
            assertThat(b.<Integer>sql(jdbc -> jdbc.sql(delete).update())).isZero();
        } else {
            assertRefused(delete);
        }
        assertThat(rowsOfA(table)).isEqualTo(before);
    }

    /** As the superuser sees them. */
    private static List<String> rowsOfA(String table) {
        return TestDatabase.get()
                .superuser()
                .sql("SELECT t::text FROM " + table + " t WHERE tenant_id = :a ORDER BY 1")
                .param("a", a.id().value())
                .query(String.class)
                .list();
    }

    /** A condition that says the whole primary key of one row of the first tenant. */
    private static String keyOfA(String table) {
        JdbcClient superuser = TestDatabase.get().superuser();
        List<String> key =
                superuser.sql("""
                SELECT c.attname FROM pg_index i
                  JOIN pg_attribute c ON c.attrelid = i.indrelid AND c.attnum = ANY (i.indkey)
                 WHERE i.indrelid = :t::regclass AND i.indisprimary
                """).param("t", table).query(String.class).list();
        Map<String, Object> row = superuser
                .sql("SELECT * FROM " + table + " WHERE tenant_id = :a LIMIT 1")
                .param("a", a.id().value())
                .query()
                .singleRow();
        return key.stream()
                .map(column -> column + " = '" + row.get(column) + "'")
                .collect(Collectors.joining(" AND "));
    }

    private static List<String> columnsThatMayBeUpdated(String table) {
        return TestDatabase.get()
                .superuser()
                .sql("""
                SELECT attname FROM pg_attribute
                 WHERE attrelid = :t::regclass AND attnum > 0 AND NOT attisdropped AND attidentity = ''
                   AND has_column_privilege(:app, attrelid, attnum, 'UPDATE')
                """)
                .param("t", table)
                .param("app", TestDatabase.APP)
                .query(String.class)
                .list();
    }

    private static boolean mayDelete(String table) {
        return TestDatabase.get()
                .superuser()
                .sql("SELECT has_table_privilege(:app, :t, 'DELETE')")
                .param("app", TestDatabase.APP)
                .param("t", table)
                .query(Boolean.class)
                .single();
    }

    private static void assertRefused(String statement) {
        assertThatThrownBy(() -> b.sql(jdbc -> jdbc.sql(statement).update()))
                .rootCause()
                .hasMessageContaining("permission denied");
    }

    @ParameterizedTest
    @MethodSource("tenantTables")
    void a_table_is_empty_while_no_tenant_is_bound(String table) {
        JdbcClient jdbc = application.bean(JdbcClient.class);
        assertThat(jdbc.sql("SELECT count(*) FROM " + table).query(Long.class).single())
                .isZero();
    }

    @ParameterizedTest
    @MethodSource("tenantTables")
    void the_application_owns_no_table(String table) {
        String owner = TestDatabase.get()
                .superuser()
                .sql("SELECT tableowner FROM pg_tables WHERE tablename = :t")
                .param("t", table)
                .query(String.class)
                .single();
        assertThat(owner).isEqualTo(TestDatabase.OWNER);
    }

    @Test
    void another_tenants_order_is_as_good_as_none() {
        assertThat(b.as(() -> application.bean(TaskOrders.class).find(order.taskId())))
                .isEmpty();
        assertThat(b.as(() -> application.bean(Ledger.class).ofOrder(order.taskId())))
                .isEmpty();
        LeaseFilter all = new LeaseFilter(null, null, null);
        assertThat(b.as(() -> application
                        .bean(Leases.class)
                        .list(all, new PageRequest(50, null))
                        .items()))
                .isEmpty();
    }

    @Test
    void a_row_of_another_tenant_cannot_be_written() {
        assertThatThrownBy(() -> b.sql(jdbc -> jdbc.sql("INSERT INTO match_wanted (tenant_id, env) VALUES (:t, 'prod')")
                        .param("t", a.id().value())
                        .update()))
                .isInstanceOf(DataAccessException.class)
                .rootCause()
                .hasMessageContaining("row-level security");
        int updated = b.sql(jdbc -> jdbc.sql("UPDATE task_order SET priority = 1 WHERE task_id = :t")
                .param("t", order.taskId())
                .update());
        assertThat(updated).isZero();
    }

    @Test
    void a_foreign_key_cannot_point_at_another_tenants_row() {
        assertThatThrownBy(() -> b.sql(jdbc -> jdbc.sql("INSERT INTO outbox (task_id, signal) VALUES (:t, 'wake')")
                        .param("t", order.taskId())
                        .update()))
                .isInstanceOf(DataAccessException.class);
    }

    @Test
    void no_transaction_begins_without_a_tenant_and_the_next_tenant_is_unaffected() {
        TenantTransactions transactions = application.bean(TenantTransactions.class);
        assertThatThrownBy(() -> transactions.in(() -> 1)).isInstanceOf(TenantNotBoundException.class);
        String bound = b.sql(
                jdbc -> jdbc.sql("SELECT current_tenant()").query(String.class).single());
        assertThat(bound).isEqualTo(b.id().value());
        assertThat(application
                        .bean(JdbcClient.class)
                        .sql("SELECT coalesce(current_tenant(), 'nobody')")
                        .query(String.class)
                        .single())
                .isEqualTo("nobody");
    }

    @Test
    void only_a_relaxed_transaction_does_not_wait_for_the_disk() {
        TenantTransactions transactions = application.bean(TenantTransactions.class);
        Supplier<String> commit = () -> application
                .bean(JdbcClient.class)
                .sql("SELECT setting || ' by ' || source FROM pg_settings WHERE name = 'synchronous_commit'")
                .query(String.class)
                .single();
        assertThat(a.as(() -> transactions.relaxed(commit))).isEqualTo("off by session");
        assertThat(a.as(() -> transactions.in(commit))).doesNotContain("session");
    }

    @Test
    void the_ledger_and_the_audit_log_can_only_be_added_to() {
        for (String statement : List.of(
                "UPDATE ledger_entry SET amount = 1",
                "DELETE FROM ledger_entry",
                "TRUNCATE ledger_entry",
                "UPDATE audit_entry SET actor = 'somebody'",
                "DELETE FROM audit_entry",
                "TRUNCATE audit_entry")) {
            assertThatThrownBy(() -> a.sql(jdbc -> jdbc.sql(statement).update()))
                    .as(statement)
                    .rootCause()
                    .hasMessageContaining("permission denied");
        }
    }
}
