package dev.taskorder.activities.tenant;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.taskorder.activities.testing.Application;
import dev.taskorder.activities.testing.Tenant;
import dev.taskorder.activities.testing.TestDatabase;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * As the application's role, on every table and view that the catalogue knows, with another tenant bound and with none: two tenants
 * have rows in each, and a new one without rows fails until {@link EveryTable} gives it some.
 */
class WallOfEveryRelationTest {
    /** What makes each view that tells of faults tell of some of the tenant; the books' balance always has rows. */
    private static final List<String> FAULTS = List.of(
            "DROP INDEX lease_live_slot",
            "UPDATE lease SET state = 'ACTIVE', released_at = NULL, unit_cost = unit_cost + 1 WHERE state = 'RELEASED' AND tenant_id = :a",
            "INSERT INTO lease (tenant_id, lease_id, task_id, asset_id, slot_no, hint_index, acquired_at, expires_at, unit_cost, currency,"
                    + " sku_category, sku_code, decision) SELECT DISTINCT ON (asset_id) tenant_id, gen_random_uuid(), gen_random_uuid(), asset_id,"
                    + " slot_no, hint_index, acquired_at, expires_at, unit_cost, currency, sku_category, sku_code, decision"
                    + " FROM lease WHERE tenant_id = :a",
            "UPDATE task_order SET posted = posted + 1 WHERE tenant_id = :a",
            "UPDATE task_order SET lease_ids = '{}' WHERE status = 'RUNNING' AND tenant_id = :a",
            "UPDATE ledger_entry SET project_id = 'other' WHERE tenant_id = :a",
            "UPDATE budget_period SET posted = posted + 1 WHERE tenant_id = :a",
            "UPDATE tenant_usage SET open_orders = open_orders + 1 WHERE tenant_id = :a");

    private static Application application;
    private static Tenant a;
    private static Tenant b;

    @BeforeAll
    static void two_tenants_with_rows_in_each_table() {
        application = new Application(1);
        a = new Tenant(application);
        b = new Tenant(application);
        EveryTable.filledFor(a);
        EveryTable.filledFor(b);
    }

    @AfterAll
    static void close() {
        application.close();
    }

    static List<String> tables() {
        return WallTest.tenantTables();
    }

    @ParameterizedTest
    @MethodSource("tables")
    void a_table_shows_each_tenant_its_own_rows_alone_and_nobody_none(String table) {
        String count = "SELECT count(*) FROM " + table;
        for (Tenant tenant : List.of(a, b)) {
            long own = rowsOf(table, tenant).size();
            assertThat(own)
                    .as("rows of a tenant, without which nothing is shown")
                    .isPositive();
            assertThat(tenant.<Long>sql(
                            jdbc -> jdbc.sql(count).query(Long.class).single()))
                    .isEqualTo(own);
        }
        assertThat(unbound().sql(count).query(Long.class).single()).isZero();
    }

    @ParameterizedTest
    @MethodSource("tables")
    void a_row_with_another_tenants_id_is_not_inserted_whoever_is_bound(String table) {
        String json = TestDatabase.get()
                .superuser()
                .sql("SELECT to_jsonb(t)::text FROM " + table + " t WHERE tenant_id = :a LIMIT 1")
                .param("a", a.id().value())
                .query(String.class)
                .single();
        String columns = String.join(", ", insertable(table));
        String insert = "INSERT INTO " + table + " (" + columns + ") SELECT " + columns
                + " FROM jsonb_populate_record(NULL::" + table + ", :row::jsonb)";
        String refusal = may(table, "INSERT") ? "row-level security" : "permission denied";
        assertThatThrownBy(
                        () -> b.sql(jdbc -> jdbc.sql(insert).param("row", json).update()))
                .rootCause()
                .hasMessageContaining(refusal);
        assertThatThrownBy(() -> unbound().sql(insert).param("row", json).update())
                .rootCause()
                .hasMessageContaining(refusal);
    }

    @ParameterizedTest
    @MethodSource("tables")
    void a_row_is_not_moved_to_another_tenant_nor_taken_from_it(String table) {
        List<String> before = rowsOf(table, a);
        String give = "UPDATE " + table + " SET tenant_id = '" + a.id() + "' WHERE tenant_id = '" + b.id() + "'";
        assertThatThrownBy(() -> b.sql(jdbc -> jdbc.sql(give).update()))
                .rootCause()
                .message()
                .containsPattern("row-level security|permission denied");
        String take = "UPDATE " + table + " SET tenant_id = '" + b.id() + "' WHERE tenant_id = '" + a.id() + "'";
        if (mayUpdate(table, "tenant_id")) {
            assertThat(b.<Integer>sql(jdbc -> jdbc.sql(take).update())).isZero();
        } else {
            assertThatThrownBy(() -> b.sql(jdbc -> jdbc.sql(take).update()))
                    .rootCause()
                    .hasMessageContaining("permission denied");
        }
        assertThat(rowsOf(table, a)).isEqualTo(before);
    }

    @ParameterizedTest
    @MethodSource("tables")
    void while_nobody_is_bound_nothing_is_changed_or_deleted(String table) {
        List<String> before = rowsOf(table, a);
        for (String column : insertable(table)) {
            if (mayUpdate(table, column)) {
                assertThat(unbound()
                                .sql("UPDATE " + table + " SET " + column + " = " + column)
                                .update())
                        .isZero();
            }
        }
        if (may(table, "DELETE")) {
            assertThat(unbound().sql("DELETE FROM " + table).update()).isZero();
        }
        assertThat(rowsOf(table, a)).isEqualTo(before);
    }

    @Test
    void every_view_tells_a_tenant_of_its_own_rows_alone_and_nobody_of_none() {
        TestDatabase.get()
                .whileHeld(
                        jdbc -> {
                            Map<String, List<String>> seenByB = new LinkedHashMap<>();
                            bind(jdbc, b.id().value());
                            views().forEach(view -> seenByB.put(view, seen(jdbc, view)));
                            breakRowsOfA(jdbc);
                            bind(jdbc, a.id().value());
                            for (String view : seenByB.keySet()) {
                                assertThat(seen(jdbc, view))
                                        .as("%s tells the tenant nothing: then nothing is shown of it", view)
                                        .isNotEmpty();
                            }
                            bind(jdbc, b.id().value());
                            seenByB.forEach((view, before) -> assertThat(seen(jdbc, view))
                                    .as("%s as another tenant sees it", view)
                                    .isEqualTo(before));
                            bind(jdbc, "");
                            seenByB.forEach((view, before) -> assertThat(seen(jdbc, view))
                                    .as("%s while no tenant is bound", view)
                                    .isEmpty());
                        },
                        () -> {});
    }

    /** PostgreSQL keeps what tells of all tenants at once: samples of columns, and the last number of the connection's last user. */
    @Test
    void neither_samples_of_columns_nor_the_last_number_that_another_drew_are_told() {
        assertThat(b.<Long>sql(jdbc -> jdbc.sql(
                                "SELECT count(*) FROM pg_stats WHERE schemaname = 'public' AND tablename = ANY (:tables)")
                        .param("tables", tables().toArray(String[]::new))
                        .query(Long.class)
                        .single()))
                .isZero();
        a.sql(jdbc -> jdbc.sql("INSERT INTO audit_entry (actor, action, outcome) VALUES ('me', 'asset.put', 'DONE')")
                .update());
        assertThatThrownBy(() -> b.sql(
                        jdbc -> jdbc.sql("SELECT lastval()").query(Long.class).single()))
                .rootCause()
                .hasMessageContaining("permission denied");
    }

    private static void breakRowsOfA(JdbcClient jdbc) {
        jdbc.sql("RESET ROLE").update();
        jdbc.sql("SET LOCAL session_replication_role = replica").update();
        FAULTS.forEach(
                fault -> jdbc.sql(fault.replace(":a", "'" + a.id() + "'")).update());
    }

    private static void bind(JdbcClient jdbc, String tenant) {
        jdbc.sql("SET LOCAL ROLE " + TestDatabase.APP).update();
        jdbc.sql("SELECT set_config('taskorder.tenant', :tenant, true)")
                .param("tenant", tenant)
                .query()
                .singleRow();
    }

    private static List<String> seen(JdbcClient jdbc, String view) {
        return jdbc.sql("SELECT v::text FROM " + view + " v ORDER BY 1")
                .query(String.class)
                .list();
    }

    private static List<String> views() {
        return TestDatabase.get()
                .superuser()
                .sql("""
                SELECT relname FROM pg_class
                 WHERE relkind IN ('v', 'm') AND relnamespace = 'public'::regnamespace AND has_table_privilege(:app, oid, 'SELECT')
                 ORDER BY 1
                """)
                .param("app", TestDatabase.APP)
                .query(String.class)
                .list();
    }

    private static JdbcClient unbound() {
        return application.bean(JdbcClient.class);
    }

    private static List<String> rowsOf(String table, Tenant tenant) {
        return TestDatabase.get()
                .superuser()
                .sql("SELECT t::text FROM " + table + " t WHERE tenant_id = :id ORDER BY 1")
                .param("id", tenant.id().value())
                .query(String.class)
                .list();
    }

    /** All columns but those whose values the database alone makes. */
    private static List<String> insertable(String table) {
        return TestDatabase.get()
                .superuser()
                .sql("""
                SELECT attname FROM pg_attribute
                 WHERE attrelid = :t::regclass AND attnum > 0 AND NOT attisdropped AND attidentity = '' AND attgenerated = ''
                """)
                .param("t", table)
                .query(String.class)
                .list();
    }

    private static boolean may(String table, String what) {
        return asked("SELECT has_table_privilege(:app, :t, :what)", table, what);
    }

    private static boolean mayUpdate(String table, String column) {
        return asked("SELECT has_column_privilege(:app, :t, :what, 'UPDATE')", table, column);
    }

    private static boolean asked(String question, String table, String what) {
        return TestDatabase.get()
                .superuser()
                .sql(question)
                .param("app", TestDatabase.APP)
                .param("t", table)
                .param("what", what)
                .query(Boolean.class)
                .single();
    }
}
