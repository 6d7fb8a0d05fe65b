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

        decidedThen(order, "lease_ids = '{}'");

        assertThat(tenant.leases(order.taskId()))
                .filteredOn(lease -> lease.state() == Lease.State.ACTIVE)
                .containsExactly(kept);
    }

    @Test
    void nothing_is_written_for_an_order_that_was_cancelled_after_it_was_decided() {
        tenant.asset("other", "RAW_NET", "ip", 1, "1");
        TaskOrder order = tenant.created(anOrder().wanting("RAW_NET", null, 1).spec());
        TaskOrder first = tenant.running(anOrder().wanting("RAW_NET", null, 1));
        tenant.admitted(order);
        tenant.sql(jdbc -> jdbc.sql("UPDATE asset SET max_concurrency = 2 WHERE asset_id = 'other'")
                .update());
        tenant.sql(jdbc -> jdbc.sql("INSERT INTO asset_slot (asset_id, slot_no) VALUES ('other', 2)")
                .update());

        decidedThen(order, "cancel_requested_at = now()");

        assertThat(tenant.leases(order.taskId())).isEmpty();
        assertThat(tenant.leases(first.taskId())).hasSize(1);
    }

    /** The matcher decides that the order gets what it wants; then its row changes; then the matcher writes. */
    private void decidedThen(TaskOrder order, String change) {
        MatchPass.Sources sources = Application.shared().bean(MatchPass.Sources.class);
        TenantTransactions transactions = Application.shared().bean(TenantTransactions.class);
        tenant.as(() -> transactions.in(() -> {
            MatchPass pass = new MatchPass(sources, "prod");
            List<WaitingOrder> heads = pass.heads().orders();
            List<Round.Grant> grants = pass.decide(heads, new Pool(pass.assets(heads)), Purse.unlimited(), 1)
                    .grants();
            assertThat(grants).extracting(grant -> grant.order().taskId()).containsExactly(order.taskId());
            tenant.sql(jdbc -> jdbc.sql("UPDATE task_order SET " + change
                            + ", task_version = task_version + 1 WHERE task_id = :task")
                    .param("task", order.taskId())
                    .update());
            assertThat(sources.grants().grant(grants, any -> true, Places.UNLIMITED))
                    .isEmpty();
            return true;
        }));
    }
}
