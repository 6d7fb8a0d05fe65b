package dev.taskorder.activities;

import static org.assertj.core.api.Assertions.assertThat;

import dev.taskorder.activities.testing.Plans;
import dev.taskorder.activities.testing.Statements;
import dev.taskorder.activities.testing.Statements.Statement;
import java.sql.Types;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.jdbc.core.SqlParameterValue;

/** However many orders and leases there are, no statement reads all of them. */
class StatementPlansTest {
    private static final String WHOLE_TABLE =
            "(?s).*Seq Scan on (task_order|lease|attempt|asset|asset_slot|ledger_entry|task_event|task_tag)\\b.*";

    private static final Map<String, Object> NO_FILTER = Map.of(
            "state", new SqlParameterValue(Types.VARCHAR, null),
            "asset", new SqlParameterValue(Types.VARCHAR, null),
            "task", new SqlParameterValue(Types.OTHER, null),
            "before", new SqlParameterValue(Types.TIMESTAMP_WITH_TIMEZONE, null),
            "before_id", new SqlParameterValue(Types.OTHER, null));

    @ParameterizedTest
    @MethodSource("statementsOverOrdersAndLeases")
    void a_statement_over_orders_or_leases_reads_by_an_index(Statement statement) {
        assertThat(plan(statement)).doesNotMatch(WHOLE_TABLE);
    }

    @ParameterizedTest
    @CsvSource({
        "QueueTable.HEADS, task_order_queue",
        "QueueTable.NEXT_IN_LINE, task_order_queue",
        "QueueTable.LEASES_BETWEEN, lease_by_order",
        "PoolTable.READ, lease_live_slot lease_fencing_token_key asset_slot_withheld",
        "GrantTable.GRANT, task_order_pkey",
        "GrantTable.END, task_order_pkey",
        "GrantTable.TAKE_MARKS, match_wanted_pkey",
        "GrantTable.TRY_TURN, match_wanted_pkey",
        "OrderInsert.INSERT_FROM_OWN, task_order_to_start",
        "OrderInsert.INSERT_BELOW_OWN, task_order_to_start",
        "OrderCreation.BY_KEYS, task_order_idempotency_key",
        "JdbcDispatchQueue.TENANTS_DUE, task_order_to_start outbox_due",
        "JdbcDispatchQueue.CLAIM_STARTS, task_order_to_start",
        "JdbcDispatchQueue.CLAIM_SIGNALS, outbox_pkey",
        "JdbcDispatchQueue.STARTED, task_order_pkey",
        "OrderTable.ENQUEUE, task_order_pkey",
        "OrderTable.LOCK, task_order_pkey",
        "OrderTable.SETTLE, task_order_pkey",
        "JdbcAttemptStore.BEGIN, attempt_ lease_",
        "JdbcAttemptStore.REPORT, attempt_",
        "JdbcAttemptStore.COMPLETE, attempt_",
        "JdbcAttemptLog.LOCK_LIVE, attempt_live",
        "JdbcEventRelay.TENANTS_WITH_UNSEEN, tenant_id_event_no",
        "JdbcEventRelay.SEE, tenant_id_event_no",
        "JdbcEventFeed.WINDOW, tenant_id_seq",
        "JdbcLeases.END_ALL, lease_",
        "JdbcPostings.POST, ledger_entry_pkey",
        "JdbcDueWork.LOOK, task_order_to_start outbox_due task_order_deadline lease_expiry task_order_check_due",
        "JdbcDueWork.LOCK_ORDERS_OF_EXPIRED, lease_expiry",
        "JdbcCancelOnSuspend.OPEN, task_order_queue task_order_by_status",
        "JdbcCancelOnSuspend.NONE_LEFT, task_order_queue task_order_by_status"
    })
    void what_is_asked_most_has_its_index(String name, String indexes) {
        assertThat(plan(named(name))).contains(indexes.split(" "));
    }

    @ParameterizedTest
    @CsvSource({
        "nothing, lease_newest",
        "state, lease_newest",
        "asset, lease_by_asset",
        "task, lease_by_order",
        "before, lease_newest"
    })
    void a_page_of_leases_reads_an_index_by_whatever_it_is_filtered(String filter, String index) {
        Statement page = named("JdbcLeases.PAGE");
        Map<String, Object> values = StatementValues.of(page);
        NO_FILTER.forEach((name, none) -> {
            if (!name.startsWith(filter)) {
                values.put(name, none);
            }
        });
        Plans.amongManyOrders(plans ->
                assertThat(plans.asTenant(page.sql(), values)).contains(index).doesNotMatch(WHOLE_TABLE));
    }

    /** Named by hand: a view hides from the name of a statement what it reads. */
    @Test
    void to_compare_the_counters_of_the_quotas_reads_what_is_open_alone() {
        Plans.amongManyOrders(plans -> assertThat(
                        plans.asTenant(named("JdbcInvariants.FIND_IN_COUNTERS").sql(), Map.of()))
                .contains("task_order_by_status")
                .doesNotMatch(WHOLE_TABLE));
    }

    @Test
    void without_its_index_a_statement_is_seen_to_read_all_orders() {
        Statement heads = named("QueueTable.HEADS");
        Plans.amongManyOrders(plans -> {
            plans.superuser().sql("DROP INDEX task_order_queue").update();
            assertThat(plans.asTenant(heads.sql(), StatementValues.of(heads))).matches(WHOLE_TABLE);
        });
    }

    static Stream<Statement> statementsOverOrdersAndLeases() {
        return Statements.all().stream().filter(one -> one.concerns("task_order") || one.concerns("lease"));
    }

    private static Statement named(String name) {
        return Statements.all().stream()
                .filter(one -> one.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    /** As it would be made in the long run: for any values, if that is no dearer than for the values at hand. */
    private static String plan(Statement statement) {
        StringBuilder plan = new StringBuilder();
        Plans.amongManyOrders(plans -> {
            if (!statement.sql().contains("current_tenant()")) {
                plan.append(plans.asSystem(statement.sql()));
                return;
            }
            String forThese = plans.asTenant(statement.sql(), StatementValues.of(statement));
            String forAny = plans.forAnyValues(statement.sql(), StatementValues.of(statement));
            plan.append(forThese);
            if (Plans.cost(forAny) <= Plans.cost(forThese)) {
                plan.append("\n\nfor any values:\n").append(forAny);
            }
        });
        return plan.toString();
    }
}
