package dev.taskorder.activities.control;

import static dev.taskorder.activities.testing.Orders.anOrder;
import static org.assertj.core.api.Assertions.assertThat;

import dev.taskorder.activities.testing.Application;
import dev.taskorder.activities.testing.Tenant;
import dev.taskorder.api.execution.ExecutionResult;
import dev.taskorder.api.order.OrderSteps.How;
import dev.taskorder.api.order.TaskOrder;
import dev.taskorder.api.order.Verdict;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.datasource.DelegatingDataSource;

/** While nothing is paused, to ask for it costs no statement of its own: those that claim ask. */
class PauseCostTest {
    private static final Pattern PAUSES = Pattern.compile("\\bpause(_of_all)?\\b");
    private static final Pattern CLAIMS =
            Pattern.compile("(?s).*(pg_try_advisory_xact_lock|DELETE FROM match_wanted|SET attempt = attempt \\+ 1).*");

    private final Queue<String> asked = new ConcurrentLinkedQueue<>();

    @Test
    void a_life_with_two_attempts_asks_for_pauses_in_the_statements_that_claim_and_nowhere_else() {
        try (Application counted = new Application(2, source -> new DelegatingDataSource(source) {
            @Override
            public Connection getConnection() throws SQLException {
                return noted(super.getConnection());
            }
        })) {
            Tenant tenant = new Tenant(counted);
            tenant.asset("ip", "RAW_NET", "ip", 1, "1");
            TaskOrder order =
                    tenant.created(anOrder().wanting("RAW_NET", null, 1).spec());
            asked.clear();
            assertThat(tenant.admitted(order)).isInstanceOf(Verdict.Execute.class);
            assertThat(thoseForPauses()).as("of the first attempt").hasSize(1).allMatch(this::claims);

            tenant.answered(order, 1, ExecutionResult.of("RETRYABLE", null));
            tenant.concluded(order, 1, How.ANSWERED);
            tenant.sql(
                    jdbc -> jdbc.sql("UPDATE task_order SET retry_at = now()").update());
            asked.clear();
            assertThat(((Verdict.Execute) tenant.proceed(order)).attempt()).isEqualTo(2);
            assertThat(thoseForPauses()).as("of the next one").hasSize(1).allMatch(this::claims);
        }
    }

    private List<String> thoseForPauses() {
        return asked.stream().filter(sql -> PAUSES.matcher(sql).find()).toList();
    }

    private boolean claims(String sql) {
        return CLAIMS.matcher(sql).matches();
    }

    private Connection noted(Connection connection) {
        return (Connection) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {Connection.class}, (proxy, method, args) -> {
                    if (method.getName().equals("prepareStatement")) {
                        asked.add((String) args[0]);
                    }
                    try {
                        return method.invoke(connection, args);
                    } catch (InvocationTargetException e) {
                        throw e.getTargetException();
                    }
                });
    }
}
