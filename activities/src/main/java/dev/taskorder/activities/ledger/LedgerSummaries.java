package dev.taskorder.activities.ledger;

import dev.taskorder.activities.tenant.TenantTransactions;
import dev.taskorder.api.ledger.Summary;
import dev.taskorder.api.ledger.SummaryGroup;
import dev.taskorder.api.ledger.SummaryQuestion;
import dev.taskorder.api.ledger.SummaryQuestion.Dimension;
import dev.taskorder.api.order.Limits;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Adds entries up by group: first per order, so that each order counts once in a group, then per group. */
final class LedgerSummaries {
    /** Of the dimensions these are of an entry; the others are of its order. */
    private static final Set<Dimension> OF_ENTRY =
            EnumSet.of(Dimension.SKU_CATEGORY, Dimension.SKU_CODE, Dimension.DAY);

    private static final Set<Dimension> OF_SKU = EnumSet.of(Dimension.SKU_CATEGORY, Dimension.SKU_CODE);

    /** A month of a large tenant fits into that much memory, and needs longer than a request usually may. */
    private static final String PREPARE = """
            SELECT set_config('work_mem', '64MB', true), set_config('jit', 'off', true),
                   set_config('statement_timeout', '30s', true)
            """;

    private static final String BALANCES = String.join(
            ",\n       ",
            balance("cost", "(starts_with(%1$s, '" + Accounts.SPEND + "') OR %1$s = '" + Accounts.OVERRUN + "')"),
            balance("-revenue", "starts_with(%1$s, '" + Accounts.REVENUE + "')"),
            balance("held", "(%1$s = '" + Accounts.HELD + "')"),
            balance("overrun", "(%1$s = '" + Accounts.OVERRUN + "')"));

    private static final String SUMMARY = """
            WITH per_order AS MATERIALIZED (
                SELECT e.task_id%s,
                       %s
                  FROM ledger_entry e
                 WHERE e.tenant_id = current_tenant()%s
                 GROUP BY e.task_id%s
            ), moved AS (
                %s
            )
            SELECT %so.currency, coalesce(sum(m.cost), 0) AS cost, coalesce(sum(m.revenue), 0) AS revenue,
                   coalesce(sum(m.held), 0) AS held, coalesce(sum(m.overrun), 0) AS overrun,
                   count(*) FILTER (WHERE m.counts) AS orders,
                   sum(o.business_value_hint) FILTER (WHERE m.counts) AS promised,
                   count(*) FILTER (WHERE m.counts AND o.status = 'SUCCESS') AS succeeded,
                   count(*) FILTER (WHERE m.counts AND o.finished_at IS NOT NULL) AS over
              FROM moved m
              JOIN task_order o ON o.tenant_id = current_tenant() AND o.task_id = m.task_id
             WHERE true%s
             GROUP BY %s
             ORDER BY %s
             LIMIT :rows
            """;

    /**
     * A hold is made for all leases of a grant at once, so what is held is of no category: what a lease took out of it is
     * counted there too, or one group would hold what is spent and another less than nothing.
     */
    private static final String HELD_APART = """
            SELECT *, true AS counts FROM (SELECT task_id%s, cost, revenue, NULL::numeric AS held, overrun FROM per_order) p
                UNION ALL
                SELECT task_id%s, NULL, NULL, held, NULL, false FROM per_order WHERE held <> 0""";

    private final TenantTransactions transactions;
    private final JdbcClient jdbc;

    LedgerSummaries(TenantTransactions transactions, JdbcClient jdbc) {
        this.transactions = transactions;
        this.jdbc = jdbc;
    }

    Summary of(SummaryQuestion question) {
        List<SummaryGroup> groups = transactions.in(() -> read(question));
        return groups.size() > Limits.LEDGER_GROUPS_MAX
                ? new Summary.TooMany(Limits.LEDGER_GROUPS_MAX)
                : new Summary.Groups(groups);
    }

    private List<SummaryGroup> read(SummaryQuestion question) {
        jdbc.sql(PREPARE).query().singleRow();
        EntryList.Conditions entries = ofEntries(question);
        EntryList.Conditions orders = ofOrders(question);
        int keys = question.groupBy().size();
        return jdbc.sql(statement(question))
                .params(entries.params())
                .params(orders.params())
                .param("rows", Limits.LEDGER_GROUPS_MAX + 1)
                .query((row, rowNum) -> group(row, keys))
                .list();
    }

    private static EntryList.Conditions ofEntries(SummaryQuestion question) {
        EntryList.Conditions conditions = new EntryList.Conditions();
        conditions.add("e.env = :env", "env", question.env());
        conditions.add("e.project_id = :project", "project", question.projectId());
        conditions.add("e.sku_category = :category", "category", question.skuCategory());
        conditions.span(question.from(), question.to());
        return conditions;
    }

    private static EntryList.Conditions ofOrders(SummaryQuestion question) {
        EntryList.Conditions conditions = new EntryList.Conditions();
        conditions.add("o.task_type = :task_type", "task_type", question.taskType());
        conditions.add("o.task_category = :task_category", "task_category", question.taskCategory());
        return conditions;
    }

    /** What accounts were debited less what they were credited; what moves between two of them moves nothing. */
    private static String balance(String name, String isOne) {
        boolean negated = name.startsWith("-");
        return "sum(CASE WHEN %1$s AND NOT %2$s THEN %3$se.amount WHEN %2$s AND NOT %1$s THEN %4$se.amount END) AS %5$s"
                .formatted(
                        isOne.formatted("e.debit_account"),
                        isOne.formatted("e.credit_account"),
                        negated ? "-" : "",
                        negated ? "" : "-",
                        negated ? name.substring(1) : name);
    }

    /** The statement for this question; its values come apart. */
    static String statement(SummaryQuestion question) {
        List<Dimension> ofEntry =
                question.groupBy().stream().filter(OF_ENTRY::contains).toList();
        String keys = question.groupBy().stream()
                .map(dimension -> (OF_ENTRY.contains(dimension) ? "m." : "o.") + dimension.label() + ", ")
                .collect(Collectors.joining());
        String numbers = IntStream.rangeClosed(1, question.groupBy().size() + 1)
                .mapToObj(Integer::toString)
                .collect(Collectors.joining(", "));
        return SUMMARY.formatted(
                list(ofEntry, dimension -> read(dimension) + " AS " + dimension.label()),
                BALANCES,
                ofEntries(question).sql(),
                list(ofEntry, LedgerSummaries::read),
                moved(question, ofEntry),
                keys,
                ofOrders(question).sql(),
                numbers,
                numbers);
    }

    private static String moved(SummaryQuestion question, List<Dimension> ofEntry) {
        if (question.skuCategory() == null && ofEntry.stream().noneMatch(OF_SKU::contains)) {
            return "SELECT *, true AS counts FROM per_order";
        }
        String apart = HELD_APART.formatted(
                list(ofEntry, Dimension::label),
                list(ofEntry, dimension -> OF_SKU.contains(dimension) ? "NULL" : dimension.label()));
        // where one category is asked for, nothing is held in it
        return question.skuCategory() == null ? apart : apart + " AND false";
    }

    private static String list(List<Dimension> dimensions, Function<Dimension, String> each) {
        return dimensions.stream()
                .map(each)
                .flatMap(one -> Stream.of(", ", one))
                .collect(Collectors.joining());
    }

    private static String read(Dimension dimension) {
        return dimension == Dimension.DAY ? "(e.created_at AT TIME ZONE 'UTC')::date" : "e." + dimension.label();
    }

    private static SummaryGroup group(ResultSet row, int keys) throws SQLException {
        List<@Nullable String> of = new ArrayList<>(keys);
        for (int key = 1; key <= keys; key++) {
            of.add(row.getString(key));
        }
        return new SummaryGroup(
                of,
                row.getString("currency"),
                new SummaryGroup.Amounts(
                        row.getBigDecimal("cost"),
                        row.getBigDecimal("revenue"),
                        row.getBigDecimal("held"),
                        row.getBigDecimal("overrun")),
                row.getLong("orders"),
                row.getBigDecimal("promised"),
                row.getLong("succeeded"),
                row.getLong("over"));
    }
}
