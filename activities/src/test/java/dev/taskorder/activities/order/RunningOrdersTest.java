package dev.taskorder.activities.order;

import static dev.taskorder.activities.testing.Orders.anOrder;
import static org.assertj.core.api.Assertions.assertThat;

import dev.taskorder.activities.testing.Application;
import dev.taskorder.activities.testing.Race;
import dev.taskorder.activities.testing.Tenant;
import dev.taskorder.api.execution.ExecutionResult;
import dev.taskorder.api.explain.Blocker;
import dev.taskorder.api.explain.Explanation;
import dev.taskorder.api.explain.Explanations;
import dev.taskorder.api.matching.MatchTrigger;
import dev.taskorder.api.order.OrderSteps.How;
import dev.taskorder.api.order.Status;
import dev.taskorder.api.order.TaskOrder;
import dev.taskorder.api.order.Verdict;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.dao.ConcurrencyFailureException;

/** {@code quotas.running_orders}: over all envs of the tenant, never one more, and each end lets the next one run at once. */
class RunningOrdersTest {
    private static final List<String> ENVS = List.of("prod", "staging", "dev", "sandbox");

    private final Tenant tenant = Tenant.fresh();

    @AfterEach
    void what_is_counted_is_what_runs() {
        assertThat(count("SELECT orders - (SELECT sum(stopped) FROM tenant_usage)::bigint FROM tenant_started"))
                .isEqualTo(running());
    }

    @Test
    void one_order_too_many_waits_and_runs_as_soon_as_another_ends() {
        tenant.withQuotas("{\"running_orders\": 2}");
        TaskOrder first = tenant.running(anOrder());
        tenant.running(anOrder());
        TaskOrder third = tenant.waiting(anOrder());
        TaskOrder fourth = tenant.waiting(anOrder());
        tenant.finish(first);
        assertThat(tenant.statusOf(third)).isEqualTo(Status.RUNNING);
        assertThat(tenant.statusOf(fourth)).isEqualTo(Status.QUEUED);
    }

    @Test
    void the_most_urgent_is_the_next_whatever_it_wants() {
        tenant.asset("ip", "RAW_NET", "ip.1", 4, "1");
        tenant.withQuotas("{\"running_orders\": 1}");
        TaskOrder first = tenant.running(anOrder());
        TaskOrder usual = tenant.waiting(anOrder().priority(50));
        TaskOrder urgent = tenant.waiting(anOrder().priority(60).wanting("RAW_NET", null, 1));
        tenant.finish(first);
        assertThat(tenant.statusOf(urgent)).isEqualTo(Status.RUNNING);
        assertThat(tenant.statusOf(usual)).isEqualTo(Status.QUEUED);
        assertThat(tenant.leases(urgent.taskId())).hasSize(1);
    }

    @Test
    void an_end_in_one_env_lets_one_of_another_env_run_at_once() {
        tenant.withQuotas("{\"running_orders\": 2}");
        TaskOrder first = tenant.running(anOrder().env("prod"));
        TaskOrder second = tenant.running(anOrder().env("dev"));
        TaskOrder third = tenant.waiting(anOrder().env("sandbox"));
        TaskOrder fourth = tenant.waiting(anOrder().env("staging"));
        tenant.finish(first);
        tenant.finish(second);
        assertThat(tenant.statusOf(third)).isEqualTo(Status.RUNNING);
        assertThat(tenant.statusOf(fourth)).isEqualTo(Status.RUNNING);
    }

    @Test
    void matchers_of_several_envs_in_two_processes_never_let_more_run_and_lose_no_end() throws Exception {
        tenant.withQuotas("{\"running_orders\": 5}");
        AtomicInteger most = new AtomicInteger();
        try (Application other = new Application(8)) {
            List<TaskOrder> open = Collections.synchronizedList(new ArrayList<>());
            Race.of(12, i -> () -> {
                Tenant mine = i % 2 == 0 ? tenant : tenant.in(other);
                for (int n = 0; n < 12; n++) {
                    TaskOrder order =
                            mine.created(anOrder().env(ENVS.get((i + n) % 4)).spec());
                    open.add(order);
                    patiently(() -> mine.admitted(order));
                    most.accumulateAndGet((int) running(), Math::max);
                    if (n % 2 == 0) {
                        finishOne(mine, open);
                    }
                }
                return i;
            });
            while (!open.isEmpty()) {
                assertThat(running()).as("with %s open", open.size()).isEqualTo(Math.min(5, open.size()));
                finishOne(tenant, open);
            }
        }
        assertThat(most.get()).isEqualTo(5);
    }

    @Test
    void who_runs_goes_on_to_its_next_attempt_though_there_is_no_place() {
        tenant.asset("ip-1", "RAW_NET", "ip.1", 1, "1");
        tenant.asset("ip-2", "RAW_NET", "ip.2", 1, "1");
        TaskOrder order = tenant.running(anOrder().wanting("RAW_NET", null, 1));
        tenant.withQuotas("{\"running_orders\": 0}");
        TaskOrder other = tenant.waiting(anOrder());
        tenant.answered(order, 1, ExecutionResult.of("BANNED", null));
        tenant.concluded(order, 1, How.ANSWERED);
        assertThat(tenant.leases(order.taskId())).hasSize(2);
        assertThat(tenant.statusOf(other)).isEqualTo(Status.QUEUED);
    }

    @Test
    void another_policy_with_a_higher_limit_lets_them_run_when_the_matcher_looks() {
        tenant.withQuotas("{\"running_orders\": 1}");
        tenant.running(anOrder());
        TaskOrder second = tenant.waiting(anOrder());
        assertThat(count("SELECT count(*) FROM match_wanted")).isZero();
        tenant.withQuotas("{\"running_orders\": 2}");
        assertThat(count("SELECT count(*) FROM match_wanted"))
                .as("maintenance finds it")
                .isPositive();
        tenant.as(() -> {
            tenant.bean(MatchTrigger.class).run("prod");
            return true;
        });
        assertThat(tenant.statusOf(second)).isEqualTo(Status.RUNNING);
    }

    @Test
    void ends_leave_no_marks_where_nobody_waits_for_a_place() {
        tenant.withQuotas("{\"running_orders\": 2}");
        TaskOrder first = tenant.running(anOrder());
        TaskOrder second = tenant.running(anOrder());
        TaskOrder third = tenant.waiting(anOrder());
        assertThat(count("SELECT count(*) FROM tenant_usage WHERE awaited_in = '{prod}'"))
                .isEqualTo(16);
        tenant.finish(first);
        tenant.finish(second);
        tenant.finish(third);
        tenant.running(anOrder());
        assertThat(count("SELECT count(*) FROM tenant_usage WHERE awaited_in <> '{}'"))
                .isZero();
        assertThat(count("SELECT count(*) FROM match_wanted")).isZero();
    }

    @Test
    void explain_tells_limit_and_count_before_all_else() {
        tenant.asset("ip", "RAW_NET", "ip.1", 1, "1");
        tenant.withQuotas("{\"running_orders\": 2}");
        tenant.running(anOrder().wanting("RAW_NET", null, 1));
        tenant.running(anOrder().env("sandbox"));
        TaskOrder usual = tenant.waiting(anOrder().priority(40));
        TaskOrder wanting = tenant.waiting(anOrder().wanting("RAW_NET", null, 1));
        tenant.waiting(anOrder().project("other").priority(70));
        assertThat(codes(usual)).containsExactly(Blocker.QUOTA_RUNNING_ORDERS, Blocker.BEHIND_IN_QUEUE);
        assertThat(codes(wanting)).containsExactly(Blocker.QUOTA_RUNNING_ORDERS, Blocker.CAPACITY_HELD);
        Blocker quota = explained(usual).blockers().get(0);
        assertThat(quota.facts()).isEqualTo(Map.of("limit", 2, "running", 2L));
        assertThat(quota.message()).isEqualTo("2 orders of the tenant run, in all its envs, and its policy allows 2");
        assertThat(quota.change()).endsWith("raise quotas.running_orders to 3");
        assertThat(explained(wanting).blockers().get(1).change()).contains("that alone is not enough");
    }

    private Explanation explained(TaskOrder order) {
        return tenant.as(() -> tenant.bean(Explanations.class).of(order.taskId()))
                .orElseThrow();
    }

    private List<String> codes(TaskOrder order) {
        return explained(order).blockers().stream().map(Blocker::code).toList();
    }

    private void finishOne(Tenant mine, List<TaskOrder> open) {
        List<TaskOrder> all;
        synchronized (open) {
            all = List.copyOf(open);
        }
        for (TaskOrder order : all) {
            if (mine.statusOf(order) == Status.RUNNING && open.remove(order)) {
                mine.answered(order, 1, ExecutionResult.of("OK", null));
                patiently(() -> mine.concluded(order, 1, How.ANSWERED));
                return;
            }
        }
    }

    /** As a local activity does, whose transaction another matcher may have made vain. */
    private static void patiently(Supplier<Verdict> step) {
        IntStream.iterate(0, tries -> tries + 1)
                .filter(tries -> {
                    try {
                        step.get();
                        return true;
                    } catch (ConcurrencyFailureException e) {
                        if (tries == 20) {
                            throw e;
                        }
                        return false;
                    }
                })
                .findFirst();
    }

    private long running() {
        return count("SELECT count(*) FROM task_order WHERE status = 'RUNNING'");
    }

    private long count(String question) {
        return tenant.sql(jdbc -> jdbc.sql(question).query(Long.class).single());
    }
}
