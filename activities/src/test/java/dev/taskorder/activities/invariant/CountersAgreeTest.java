package dev.taskorder.activities.invariant;

import static dev.taskorder.activities.testing.Orders.anOrder;
import static org.assertj.core.api.Assertions.assertThat;

import dev.taskorder.activities.testing.Orders;
import dev.taskorder.activities.testing.Tenant;
import dev.taskorder.activities.testing.TestDatabase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the quotas go by is made to differ from the orders by hand, as no step of ours could, and found. */
class CountersAgreeTest {
    private final Tenant tenant = Tenant.fresh();

    @BeforeEach
    void orders_that_wait_run_and_are_over() {
        tenant.asset("ip", "RAW_NET", "ip", 2, "1");
        tenant.finish(tenant.running(one()));
        tenant.running(one());
        tenant.running(one());
        tenant.waiting(one());
        tenant.created(one().spec());
    }

    @Test
    void where_they_agree_nothing_is_found() {
        assertThat(look()).isEmpty();
        assertThat(tenant.<Long>sql(jdbc -> jdbc.sql("SELECT sum(open_orders)::bigint FROM tenant_usage")
                        .query(Long.class)
                        .single()))
                .as("else there would be nothing to compare")
                .isEqualTo(4);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "open_orders_differ    | 5 are counted, there are 4 | UPDATE tenant_usage SET open_orders = open_orders + 1 WHERE part = 7",
                "open_orders_differ    | 3 are counted, there are 4 | UPDATE tenant_usage SET open_orders = open_orders - 1 WHERE part = 0",
                "running_orders_differ | 1 are counted, there are 2 | UPDATE tenant_usage SET stopped = stopped + 1 WHERE part = 15",
                "running_orders_differ | 3 are counted, there are 2 | UPDATE tenant_started SET orders = orders + 1 WHERE TRUE",
                "open_room_differs     | 16 parts share out          | UPDATE tenant_usage SET open_max = open_max + 1 WHERE part = 3",
                "open_room_differs     | 16 parts share out          | UPDATE tenant_usage SET open_limit = 5 WHERE part = 3"
            })
    void a_counter_that_says_something_else_than_the_orders_is_found_and_told_once(
            String invariant, String detail, String fault) {
        broken(fault);
        assertThat(look()).singleElement().satisfies(one -> {
            assertThat(one.invariant().code()).isEqualTo(invariant);
            assertThat(one.objectType()).isEqualTo("tenant");
            assertThat(one.objectId()).isEqualTo(tenant.id().value());
            assertThat(one.detail()).startsWith(detail);
        });
        assertThat(look()).as("told once").isEmpty();
        assertThat(told()).containsExactly("tenant.updated invariant " + invariant + " ERROR");
    }

    @Test
    void a_part_that_is_gone_is_found() {
        broken("DELETE FROM tenant_usage WHERE part = 9");
        assertThat(look()).extracting(Violation::detail).anyMatch(detail -> detail.startsWith("15 parts share out"));
    }

    @Test
    void an_order_that_stops_without_its_counter_is_found() {
        broken(
                "UPDATE task_order SET status = 'QUEUED', lease_ids = '{}', waits_since = now() WHERE status = 'RUNNING'");
        assertThat(look())
                .extracting(Violation::invariant)
                .contains(Invariant.RUNNING_ORDERS_DIFFER)
                .doesNotContain(Invariant.OPEN_ORDERS_DIFFER);
    }

    @Test
    void what_the_handbook_says_mends_them() throws IOException {
        List<String> statements = statements();
        assertThat(statements).hasSize(4);
        broken("UPDATE tenant_usage SET open_orders = open_orders + 7, stopped = stopped + 2 WHERE part = 1");
        assertThat(look()).hasSize(2);
        tenant.sql(jdbc -> {
            for (String statement : statements) {
                if (statement.startsWith("SELECT")) {
                    jdbc.sql(statement).query().listOfRows();
                } else {
                    jdbc.sql(statement).update();
                }
            }
            return statements.size();
        });
        assertThat(look()).isEmpty();
    }

    /** The statements of docs/operations.md between binding the tenant and the commit. */
    private static List<String> statements() throws IOException {
        String page = Files.readString(Path.of("../docs/operations.md"));
        String counters = page.substring(page.indexOf("### Counters of the quotas"));
        String sql = counters.substring(counters.indexOf("```sql") + 6, counters.indexOf("COMMIT;"));
        return Arrays.stream(sql.split(";\\s*"))
                .filter(statement -> !statement.contains("BEGIN") && !statement.contains("set_config"))
                .toList();
    }

    private static Orders one() {
        return anOrder().wanting("RAW_NET", null, 1);
    }

    private List<Violation> look() {
        return tenant.as(() -> tenant.bean(Invariants.class).lookAtBooks());
    }

    private List<String> told() {
        return tenant.sql(jdbc -> jdbc.sql("""
                SELECT concat_ws(' ', type, data ->> 'what', data ->> 'level') FROM task_event
                 WHERE tenant_id = current_tenant() AND object_type = 'tenant' AND actor = 'maintenance'
                """).query(String.class).list());
    }

    /** As the superuser, without triggers and past the wall, in the rows of this tenant alone. */
    private void broken(String statement) {
        TestDatabase.get().withoutTriggers(jdbc -> jdbc.sql(statement + " AND tenant_id = '" + tenant.id() + "'")
                .update());
    }
}
