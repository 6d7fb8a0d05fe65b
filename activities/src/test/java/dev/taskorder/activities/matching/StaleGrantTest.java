package dev.taskorder.activities.matching;

import static dev.taskorder.activities.testing.Orders.anOrder;
import static org.assertj.core.api.Assertions.assertThat;

import dev.taskorder.activities.tenant.TenantTransactions;
import dev.taskorder.activities.testing.Application;
import dev.taskorder.activities.testing.Tenant;
import dev.taskorder.api.execution.ExecutionResult;
import dev.taskorder.api.execution.LeaseOutcome;
import dev.taskorder.api.lease.Lease;
import dev.taskorder.api.order.OrderSteps.How;
import dev.taskorder.api.order.TaskOrder;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What happened to an order between the matcher's read and its write. */
class StaleGrantTest {
    private final Tenant tenant = Tenant.fresh();

    @Test
    void nothing_is_written_for_an_order_that_lost_a_lease_by_which_it_was_decided() {
        tenant.asset("ip", "RAW_NET", "ip", 1, "1");
        tenant.asset("card-1", "RAW_FUND", "vcc", 1, "1");
        tenant.bannedAsset("card-2", "RAW_FUND", "vcc");
        TaskOrder order = tenant.running(anOrder().wanting("RAW_NET", null, 1).wanting("RAW_FUND", null, 1));
        LeaseOutcome bad = new LeaseOutcome(tenant.lease(order, "card-1").leaseId(), "IP_BLOCKED", Map.of());
        tenant.answered(order, 1, new ExecutionResult("BANNED", null, Map.of(), List.of(bad), List.of(), List.of()));
        tenant.concluded(order, 1, How.ANSWERED);
        tenant.sql(jdbc -> jdbc.sql("UPDATE asset SET status = 'AVAILABLE' WHERE asset_id = 'card-2'")
                .update());
        Lease kept = tenant.lease(order, "ip");
        MatchPass.Sources sources = Application.shared().bean(MatchPass.Sources.class);
        TenantTransactions transactions = Application.shared().bean(TenantTransactions.class);

        tenant.as(() -> transactions.in(() -> {
            MatchPass pass = new MatchPass(sources, "prod");
            List<WaitingOrder> heads = pass.heads();
            List<Round.Grant> grants =
                    pass.decide(heads, new Pool(pass.assets(heads))).grants();
            assertThat(grants).hasSize(1);
            tenant.sql(jdbc -> jdbc.sql(
                            "UPDATE task_order SET lease_ids = '{}', task_version = task_version + 1 WHERE task_id = :task")
                    .param("task", order.taskId())
                    .update());
            assertThat(sources.grants().grant(grants, any -> true)).isEmpty();
            return true;
        }));

        assertThat(tenant.leases(order.taskId()))
                .filteredOn(lease -> lease.state() == Lease.State.ACTIVE)
                .containsExactly(kept);
    }
}
