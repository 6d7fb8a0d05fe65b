package dev.taskorder.activities.order;

import static dev.taskorder.activities.testing.Orders.anOrder;
import static org.assertj.core.api.Assertions.assertThat;

import dev.taskorder.activities.execution.AttemptStore.Begun;
import dev.taskorder.activities.testing.Application;
import dev.taskorder.activities.testing.FragileConnections;
import dev.taskorder.activities.testing.Tenant;
import dev.taskorder.api.budget.BudgetScope;
import dev.taskorder.api.execution.ExecutionResult;
import dev.taskorder.api.execution.LeaseOutcome;
import dev.taskorder.api.execution.Money;
import dev.taskorder.api.lease.Lease;
import dev.taskorder.api.ledger.LedgerCheck;
import dev.taskorder.api.matching.MatchTrigger;
import dev.taskorder.api.order.CreateResult;
import dev.taskorder.api.order.OrderSteps.How;
import dev.taskorder.api.order.Status;
import dev.taskorder.api.order.TaskOrder;
import dev.taskorder.api.order.TaskOrderSpec;
import dev.taskorder.api.order.Verdict;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.springframework.dao.DataAccessException;
import org.springframework.transaction.TransactionException;

/**
 * A whole life of an order, with one connection killed at each point of it in turn: before every statement, before every
 * commit, and after every commit. Whoever took the step takes it again, as Temporal would; nothing is lost, done twice or left.
 */
@Execution(ExecutionMode.CONCURRENT)
class KilledConnectionTest {
    private static final int TRIES = 4;
    private static final BigDecimal PRICE = new BigDecimal("0.7");
    private static final FragileConnections CONNECTIONS = new FragileConnections();
    private static final Application APP = new Application(4, CONNECTIONS);

    @AfterAll
    static void close() {
        APP.close();
    }

    @Test
    void an_order_comes_to_its_one_end_whichever_connection_dies_when() {
        int points = 0;
        boolean reached = true;
        while (reached) {
            points++;
            reached = live(points);
        }
        assertThat(points).as("points of a life at which a connection died").isGreaterThan(60);
    }

    /** Whether the life was long enough for its connection to be killed at this point. */
    private static boolean live(int fatal) {
        Tenant tenant = new Tenant(APP);
        tenant.withEstimates("{\"TEST\": 0.5}");
        tenant.budget(BudgetScope.TENANT, "100");
        tenant.budget(BudgetScope.PROJECT, "100");
        tenant.asset("ip-1", "RAW_NET", "ip.1", 1, "1");
        tenant.asset("ip-2", "RAW_NET", "ip.2", 1, "1");
        TaskOrderSpec spec = anOrder().wanting("RAW_NET", null, 2).spec();
        TaskOrderSpec next = anOrder().wanting("RAW_NET", "ip.1", 1).spec();

        CONNECTIONS.killAt(fatal);
        TaskOrder order = again(() -> created(tenant, spec));
        Verdict verdict = again(() -> tenant.admitted(order));
        TaskOrder behind = again(() -> created(tenant, next));
        again(() -> tenant.admitted(behind));
        for (int turns = 0; turns < 20 && !(verdict instanceof Verdict.Over); turns++) {
            verdict = follow(tenant, order, verdict);
        }
        boolean killed = CONNECTIONS.hasKilled();
        CONNECTIONS.beSturdy();
        whatMaintenanceDoes(tenant);

        assertThat(tenant.statusOf(order)).as("killed at %s", fatal).isEqualTo(Status.SUCCESS);
        assertThat(tenant.statusOf(behind)).as("killed at %s", fatal).isEqualTo(Status.RUNNING);
        assertThat(charges(tenant, order))
                .as("killed at %s", fatal)
                .isEqualTo(tenant.leases(order.taskId()).size());
        assertThat(tenant.leases(order.taskId()))
                .as("killed at %s", fatal)
                .extracting(Lease::state)
                .doesNotContain(Lease.State.ACTIVE);
        assertThat(tenant.as(() -> APP.bean(LedgerCheck.class).verify()).violations())
                .as("killed at %s", fatal)
                .isEmpty();
        String spent = tenant.budgeted(BudgetScope.TENANT);
        assertThat(spent).as("killed at %s", fatal).isEqualTo(tenant.budgeted(BudgetScope.PROJECT));
        assertThat(events(tenant, order))
                .as("killed at %s", fatal)
                .containsOnlyOnce(
                        "task_order.created", "task_order.queued", "task_order.running", "task_order.succeeded");
        return killed;
    }

    /** The first attempt is banned, the next ones succeed. */
    private static Verdict follow(Tenant tenant, TaskOrder order, Verdict verdict) {
        if (!(verdict instanceof Verdict.Execute execute)) {
            whatMaintenanceDoes(tenant);
            again(() -> tenant.sql(jdbc -> jdbc.sql("UPDATE task_order SET retry_at = now() WHERE retry_at > now()")
                    .update()));
            return again(() -> tenant.proceed(order));
        }
        int attempt = execute.attempt();
        Begun begun = again(() -> tenant.begin(order, attempt));
        if (begun instanceof Begun.Run run) {
            again(() -> tenant.reports(order, attempt, run.request().attemptToken(), new Money("captcha", PRICE)));
            again(() -> tenant.complete(order, attempt, run.request().attemptToken(), result(run)));
        }
        How how = begun instanceof Begun.AlreadyBegun ? How.LOST : How.ANSWERED;
        return again(() -> tenant.concluded(order, attempt, how));
    }

    private static ExecutionResult result(Begun.Run run) {
        if (run.request().attempt() > 1) {
            return ExecutionResult.of("OK", null);
        }
        LeaseOutcome bad = new LeaseOutcome(run.request().leases().get(0).leaseId(), "IP_BLOCKED", Map.of());
        return new ExecutionResult("BANNED", null, Map.of(), List.of(bad), List.of(), List.of());
    }

    private static TaskOrder created(Tenant tenant, TaskOrderSpec spec) {
        CreateResult result = tenant.create(List.of(spec)).get(0);
        return result instanceof CreateResult.Created created
                ? created.order()
                : ((CreateResult.Replayed) result).order();
    }

    /** As Temporal does: until it is done. */
    private static <T> T again(Supplier<T> step) {
        for (int tries = 1; ; tries++) {
            try {
                return step.get();
            } catch (DataAccessException | TransactionException e) {
                if (tries == TRIES) {
                    throw e;
                }
            }
        }
    }

    /** Serves marks that a dead connection left, and ends cool-downs. */
    private static void whatMaintenanceDoes(Tenant tenant) {
        again(() -> tenant.sql(jdbc -> {
            int back = jdbc.sql("""
                    UPDATE asset SET status = 'AVAILABLE', cool_until = NULL WHERE status = 'COOLING_DOWN'
                    """).update();
            if (back > 0) {
                APP.bean(MatchTrigger.class).mark("prod");
            }
            return back;
        }));
        again(() -> tenant.as(() -> {
            APP.bean(MatchTrigger.class).run("prod");
            return true;
        }));
    }

    private static long charges(Tenant tenant, TaskOrder order) {
        return tenant.sql(jdbc -> jdbc.sql(
                        "SELECT count(*) FROM ledger_entry WHERE task_id = :task AND kind = 'lease' AND phase = 'POST'")
                .param("task", order.taskId())
                .query(Long.class)
                .single());
    }

    private static List<String> events(Tenant tenant, TaskOrder order) {
        return tenant.sql(jdbc -> jdbc.sql("SELECT type FROM task_event WHERE object_id = :task ORDER BY event_no")
                .param("task", order.taskId().toString())
                .query(String.class)
                .list());
    }
}
