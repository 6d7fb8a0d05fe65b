package dev.taskorder.activities.testing;

import java.sql.Types;
import java.time.OffsetDateTime;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.springframework.jdbc.core.SqlParameterValue;
import org.springframework.jdbc.core.namedparam.MapSqlParameterSource;
import org.springframework.jdbc.core.namedparam.NamedParameterUtils;
import org.springframework.jdbc.core.namedparam.SqlParameterSource;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Shows how PostgreSQL would answer among 100,000 orders and more leases, all of one tenant, so that no index is
 * selective by its tenant alone. They stand in a database of their own, loaded once for all tests; what a test does there
 * is undone.
 */
public final class Plans {
    private static final Map<Class<?>, String> TYPES = Map.of(
            UUID.class, "uuid",
            String.class, "varchar",
            Integer.class, "int",
            java.math.BigDecimal.class, "numeric",
            Long.class, "bigint",
            Boolean.class, "boolean",
            OffsetDateTime.class, "timestamptz");
    private static final Pattern COST = Pattern.compile("cost=[0-9.]+\\.\\.([0-9.]+)");
    private static final String TENANT = "many";
    private static final String DATABASE = "plans";

    private final JdbcClient jdbc;

    /** Loaded when the first test asks. */
    private static final class Loaded {
        private static final String INDEXES = """
                SELECT i.indexname AS name, replace(i.indexdef, ' ON ONLY ', ' ON ') AS definition
                  FROM pg_indexes i
                  JOIN pg_class c ON c.oid = ('public.' || i.indexname)::regclass
                 WHERE i.schemaname = 'public' AND i.indexname NOT IN (SELECT conname FROM pg_constraint) AND NOT c.relispartition
                """;
        private static final String DATABASE = load();

        /** Indexes are made when the rows are there: that takes a third of the time. */
        private static String load() {
            JdbcClient superuser = TestDatabase.get().migratedTo("latest", Plans.DATABASE);
            superuser
                    .sql("ALTER DATABASE " + Plans.DATABASE + " SET session_replication_role = replica")
                    .update();
            List<Map<String, Object>> indexes = superuser.sql(INDEXES).query().listOfRows();
            indexes.forEach(
                    index -> superuser.sql("DROP INDEX " + index.get("name")).update());
            PlanRows.LOAD.forEach(statement -> superuser
                    .sql(statement.replace(":tenant", "'" + TENANT + "'"))
                    .update());
            indexes.forEach(
                    index -> superuser.sql((String) index.get("definition")).update());
            // so fine that every row is looked at: a plan is then no matter of chance
            superuser
                    .sql("ALTER DATABASE " + Plans.DATABASE + " SET default_statistics_target = 500")
                    .update();
            superuser.sql("VACUUM (ANALYZE)").update();
            return Plans.DATABASE;
        }
    }

    private Plans(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /** Lets the test ask, and change what it likes before. */
    public static void amongManyOrders(Consumer<Plans> test) {
        TestDatabase.get().rolledBack(Loaded.DATABASE, jdbc -> test.accept(new Plans(jdbc)));
    }

    /** The plan of a question over all tenants. */
    public String asSystem(String statement) {
        jdbc.sql("SET LOCAL ROLE taskorder_system").update();
        return explained(jdbc.sql("EXPLAIN " + statement));
    }

    /** The plan of a statement for the tenant of the many orders, made for these values. */
    public String asTenant(String statement, Map<String, ?> params) {
        bindTenant();
        return explained(jdbc.sql("EXPLAIN " + statement).params(params));
    }

    /** The plan of a statement for any values of these types, as PostgreSQL makes it for one that is used often. */
    public String forAnyValues(String statement, Map<String, ?> params) {
        SqlParameterSource source = new MapSqlParameterSource(params);
        Object[] values =
                NamedParameterUtils.buildValueArray(NamedParameterUtils.parseSqlStatement(statement), source, null);
        bindTenant();
        jdbc.sql("SET LOCAL plan_cache_mode = force_generic_plan").update();
        jdbc.sql("PREPARE asked AS "
                        + numbered(NamedParameterUtils.substituteNamedParameters(statement, source), values))
                .update();
        try {
            String nulls =
                    values.length == 0 ? "" : "(" + String.join(", ", Collections.nCopies(values.length, "NULL")) + ")";
            return explained(jdbc.sql("EXPLAIN EXECUTE asked" + nulls));
        } finally {
            jdbc.sql("DEALLOCATE asked").update();
        }
    }

    private static String numbered(String statement, Object[] values) {
        StringBuilder sql = new StringBuilder();
        int number = 0;
        for (char c : statement.toCharArray()) {
            if (c == '?') {
                sql.append("$").append(number + 1).append("::").append(type(values[number++]));
            } else {
                sql.append(c);
            }
        }
        return sql.toString();
    }

    private static String type(Object value) {
        if (value instanceof SqlParameterValue typed) {
            return typed.getSqlType() == Types.NUMERIC ? "numeric" : "varchar";
        }
        String type = TYPES.get(value.getClass().isArray() ? value.getClass().getComponentType() : value.getClass());
        return value.getClass().isArray() ? type + "[]" : type;
    }

    /** What a plan is reckoned to cost, in PostgreSQL's units. */
    public static double cost(String plan) {
        Matcher cost = COST.matcher(plan);
        if (!cost.find()) {
            throw new IllegalArgumentException("no plan: " + plan);
        }
        return Double.parseDouble(cost.group(1));
    }

    /** Statements of the superuser, to make a plan worse. */
    public JdbcClient superuser() {
        return jdbc;
    }

    private void bindTenant() {
        jdbc.sql("SET LOCAL ROLE " + TestDatabase.APP).update();
        jdbc.sql("SELECT set_config('taskorder.tenant', :tenant, true)")
                .param("tenant", TENANT)
                .query()
                .singleRow();
    }

    private String explained(JdbcClient.StatementSpec explain) {
        List<String> lines = explain.query(String.class).list();
        jdbc.sql("RESET ROLE").update();
        return lines.stream().collect(Collectors.joining("\n"));
    }
}
