package dev.taskorder.activities.asset;

import static org.assertj.core.api.Assertions.assertThat;

import dev.taskorder.activities.testing.TestDatabase;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Assets that were there before outcomes counted: a migration that row-level security holds back would not say so. */
class AssetMigrationTest {
    private static final String BEFORE = "14";
    private static final List<String> ROWS = List.of("""
            WITH t AS (INSERT INTO tenant (tenant_id, name) VALUES ('old', 'old'))
            INSERT INTO tenant_policy (tenant_id, version, body) VALUES ('old', 1, '{}')
            """, """
            INSERT INTO asset (tenant_id, asset_id, env, sku_category, sku_code, attributes, status, health_score,
                   max_concurrency, unit_cost, currency, handle)
            SELECT 'old', 'ip-' || score, 'prod', 'RAW_NET', 'ip', '{}', 'AVAILABLE', score, 1, 1, 'USD', 'h'
              FROM unnest(ARRAY[0, 40, 100]) AS score
            """);

    @Test
    void keep_their_health() {
        String database = "assets_with_health";
        JdbcClient jdbc = TestDatabase.get().migratedTo(BEFORE, database);
        ROWS.forEach(statement -> jdbc.sql(statement).update());
        TestDatabase.get().migrateFurther(database);
        assertThat(jdbc.sql("SELECT asset_id || ' ' || health_weight || ' ' || health_value FROM asset ORDER BY 1")
                        .query(String.class)
                        .list())
                .containsExactly("ip-0 5 0", "ip-100 5 5", "ip-40 5 2");
        assertThat(jdbc.sql("SELECT relforcerowsecurity FROM pg_class WHERE oid = 'asset'::regclass")
                        .query(Boolean.class)
                        .single())
                .as("the wall stands again")
                .isTrue();
    }
}
