package dev.taskorder.starter.isolation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.taskorder.starter.testing.TestDatabase;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.springframework.jdbc.core.simple.JdbcClient;

/** All rows of a tenant, as the superuser sees them. */
record Rows(Map<String, List<String>> ofTables) {
    private static final String TABLES = """
            SELECT c.relname FROM pg_class c
              JOIN pg_attribute t ON t.attrelid = c.oid AND t.attname = 'tenant_id'
             WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND c.relnamespace = 'public'::regnamespace
             ORDER BY 1
            """;

    /** Marks that a matcher takes away again at once, or a keeper of the books. */
    private static final Set<String> EMPTY_AT_REST = Set.of("match_wanted");

    private static final Pattern UUID = Pattern.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}");

    /** But what says when its keys were used, and what was written down of who acted for it. */
    static Rows of(String tenant) {
        JdbcClient superuser = TestDatabase.asSuperuser("accepting");
        Map<String, List<String>> rows = new LinkedHashMap<>();
        for (String table : superuser.sql(TABLES).query(String.class).list()) {
            rows.put(
                    table,
                    superuser
                            .sql("SELECT (to_jsonb(t) - 'last_used_at')::text FROM " + table
                                    + " t WHERE tenant_id = :tenant ORDER BY 1")
                            .param("tenant", tenant)
                            .query(String.class)
                            .list());
        }
        assertThat(rows.entrySet().stream()
                        .filter(table -> table.getValue().isEmpty())
                        .map(Map.Entry::getKey)
                        .filter(table -> !EMPTY_AT_REST.contains(table)))
                .as("tables of tenants of which %s makes no row", Planter.class.getName())
                .isEmpty();
        rows.remove("audit_entry");
        return new Rows(rows);
    }

    /** The ids in them that are no words. */
    Set<String> uuids() {
        Set<String> uuids = new TreeSet<>();
        ofTables.values()
                .forEach(table -> table.forEach(row -> {
                    Matcher uuid = UUID.matcher(row);
                    while (uuid.find()) {
                        uuids.add(uuid.group());
                    }
                }));
        return uuids;
    }
}
