package dev.taskorder.activities.tenant;

import static org.assertj.core.api.Assertions.assertThat;

import dev.taskorder.activities.testing.TestDatabase;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.jdbc.core.simple.JdbcClient;

/** What a migration can get wrong about the wall, asked of the catalogue: a table, view or function of tomorrow is in it by itself. */
class WallFlawsTest {
    private static final Map<String, String> ACCEPTED = Map.of(
            "fencing_token: the application may draw or read numbers",
            "a lease draws its token when it is inserted or renewed: one line of numbers for all, of which gaps tell how many leases"
                    + " there were, and of nobody whose; told in SECURITY.md",
            "task_event_no: the application may draw or read numbers",
            "an event draws its number when it is written: one line of numbers for all, of which gaps tell how many events there were, and"
                    + " of nobody whose; told in SECURITY.md",
            "pause_of_all: no tenant_id, and the application may read or write it",
            "what is paused for all binds each, so each reads it; a policy of its own lets the installation alone write"
                    + " (PausedForAllTest); told in SECURITY.md");

    /** One question for each flaw; all of the application's role, the superuser and the migrations' role aside. */
    private static final String FLAWS = """
            WITH relation AS (
                SELECT c.oid, c.relname AS name, c.relkind AS kind, c.relrowsecurity AND c.relforcerowsecurity AS walled, c.reloptions,
                       c.relowner,
                       (SELECT attnum FROM pg_attribute t
                         WHERE t.attrelid = c.oid AND t.attname = 'tenant_id' AND NOT t.attisdropped) AS tenant
                  FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace
            ), tbl AS (
                SELECT * FROM relation WHERE kind IN ('r', 'p') AND tenant IS NOT NULL
            )
            SELECT name || ': row security is not forced' FROM tbl WHERE NOT walled
            UNION ALL
            SELECT name || ': no key starts with tenant_id' FROM tbl
             WHERE NOT EXISTS (SELECT FROM pg_index i WHERE i.indrelid = oid AND i.indisunique AND i.indkey[0] = tenant)
            UNION ALL
            SELECT name || ': tenant_id may be null' FROM tbl
             WHERE NOT (SELECT attnotnull FROM pg_attribute WHERE attrelid = oid AND attnum = tenant)
            UNION ALL
            SELECT name || ': policy ' || polname || ' is not the wall''s'
              FROM pg_policy JOIN tbl ON tbl.oid = polrelid
             WHERE polpermissive AND (polroles && ARRAY[0::oid, (:app)::regrole::oid]) -- others only narrow what is let through
               AND ARRAY[pg_get_expr(polqual, polrelid), pg_get_expr(polwithcheck, polrelid)] IS DISTINCT FROM (
                    SELECT ARRAY[pg_get_expr(polqual, polrelid), pg_get_expr(polwithcheck, polrelid)] FROM pg_policy
                     WHERE polrelid = 'tenant_policy'::regclass AND polname = 'own_rows')
            UNION ALL
            SELECT tbl.name || ': foreign key ' || conname || ' tells what other tenants have'
              FROM pg_constraint k
              JOIN tbl ON tbl.oid = k.conrelid
              JOIN relation other ON other.oid = k.confrelid AND other.tenant IS NOT NULL
             WHERE k.contype = 'f'
               AND array_position(k.conkey, tbl.tenant) IS DISTINCT FROM array_position(k.confkey, other.tenant)
                OR k.contype = 'f' AND NOT tbl.tenant = ANY (k.conkey)
            UNION ALL
            SELECT name || ': the application may ' || may
              FROM relation CROSS JOIN unnest(ARRAY['TRUNCATE', 'REFERENCES', 'TRIGGER']) AS may
             WHERE kind IN ('r', 'p', 'v', 'm', 'f') AND has_table_privilege(:app, oid, may)
            UNION ALL
            SELECT name || ': the application owns it' FROM relation WHERE relowner = (:app)::regrole
            UNION ALL
            SELECT name || ': no tenant_id, and the application may read or write it' FROM relation
             WHERE kind IN ('r', 'p', 'm', 'f') AND (tenant IS NULL OR kind IN ('m', 'f'))
               AND has_any_column_privilege(:app, oid, 'SELECT, INSERT, UPDATE')
            UNION ALL
            SELECT name || ': the view does not ask as its caller' FROM relation
             WHERE kind = 'v' AND NOT coalesce('security_invoker=true' = ANY (reloptions), false)
            UNION ALL
            SELECT name || ': the application may draw or read numbers' FROM relation
             WHERE CASE WHEN kind = 'S' THEN has_sequence_privilege(:app, oid, 'USAGE, SELECT, UPDATE') ELSE false END
            UNION ALL
            SELECT proname || ': runs as its owner, in whatever search_path its caller has'
              FROM pg_proc
             WHERE pronamespace = 'public'::regnamespace AND prosecdef
               AND NOT EXISTS (SELECT FROM unnest(proconfig) AS c WHERE c LIKE 'search\\_path=%')
            UNION ALL
            SELECT rolname || ': gets round every wall' FROM pg_roles
             WHERE (rolsuper OR rolbypassrls) AND pg_has_role(:app, oid, 'MEMBER')
             ORDER BY 1
            """;

    @Test
    void the_wall_has_no_flaw() {
        assertThat(flaws(TestDatabase.get().superuser())).containsExactlyInAnyOrderElementsOf(ACCEPTED.keySet());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "t: row security is not forced | CREATE TABLE t (tenant_id text PRIMARY KEY)",
                "t: row security is not forced | CREATE TABLE t (tenant_id text PRIMARY KEY); ALTER TABLE t ENABLE ROW LEVEL SECURITY",
                "t: row security is not forced | CREATE TABLE t (tenant_id text PRIMARY KEY) PARTITION BY LIST (tenant_id);"
                        + " CALL wall_off('t'); CREATE TABLE t_1 PARTITION OF t FOR VALUES IN ('one')",
                "t: no key starts with tenant_id | CREATE TABLE t (tenant_id text NOT NULL, n int PRIMARY KEY); CALL wall_off('t')",
                "t: tenant_id may be null | CREATE TABLE t (tenant_id text UNIQUE); CALL wall_off('t')",
                "t: policy all_rows is not the wall's | CREATE TABLE t (tenant_id text PRIMARY KEY); CALL wall_off('t');"
                        + " CREATE POLICY all_rows ON t USING (true)",
                "asset_slot: foreign key probe tells what other tenants have | ALTER TABLE api_key ADD UNIQUE (key_id);"
                        + " ALTER TABLE asset_slot ADD probe text CONSTRAINT probe REFERENCES api_key (key_id)",
                "asset: the application may TRUNCATE | GRANT TRUNCATE ON asset TO :app",
                "t: no tenant_id, and the application may read or write it | CREATE TABLE t (n int); GRANT SELECT ON t TO :app",
                "t: no tenant_id, and the application may read or write it | CREATE MATERIALIZED VIEW t AS SELECT tenant_id FROM asset;"
                        + " GRANT SELECT ON t TO :app",
                "t: the view does not ask as its caller | CREATE VIEW t AS SELECT tenant_id FROM asset",
                "t: the application may draw or read numbers | CREATE SEQUENCE t; GRANT SELECT ON SEQUENCE t TO :app",
                "t: runs as its owner, in whatever search_path its caller has | CREATE FUNCTION t() RETURNS int SECURITY DEFINER"
                        + " LANGUAGE sql RETURN 1"
            })
    void a_flaw_that_a_migration_brings_is_found(String flaw, String migration) {
        TestDatabase.get()
                .whileHeld(
                        jdbc -> {
                            for (String statement : migration.split("; ?")) {
                                jdbc.sql(statement.replace(":app", TestDatabase.APP))
                                        .update();
                            }
                            assertThat(flaws(jdbc)).anyMatch(found -> found.replace("t_1:", "t:")
                                    .equals(flaw));
                        },
                        () -> {});
    }

    private static List<String> flaws(JdbcClient jdbc) {
        return jdbc.sql(FLAWS)
                .param("app", TestDatabase.APP)
                .query(String.class)
                .list();
    }
}
