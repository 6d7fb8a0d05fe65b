package dev.taskorder.activities.order;

import static dev.taskorder.activities.testing.Orders.anOrder;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.taskorder.activities.tenant.TenantTransactions;
import dev.taskorder.activities.testing.Application;
import dev.taskorder.activities.testing.Race;
import dev.taskorder.activities.testing.Tenant;
import dev.taskorder.activities.testing.TestDatabase;
import dev.taskorder.api.order.Status;
import dev.taskorder.api.order.TaskOrder;
import dev.taskorder.api.order.TaskOrders;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

/** Whoever listens for the end of an order hears of it once, and finds it ended. */
class OrderEndsTest {
    private final Tenant tenant = Tenant.fresh();
    private final List<Status> heard = new CopyOnWriteArrayList<>();

    @Test
    void sixteen_cancels_at_once_are_one_end_that_is_told_after_its_commit() throws Exception {
        TaskOrder order = tenant.created(anOrder().spec());
        listenFor(order.taskId());

        Race.of(16, i -> () -> tenant.cancel(order.taskId()));

        assertThat(heard).containsExactly(Status.CANCELLED);
    }

    @Test
    void an_end_that_is_rolled_back_is_not_told() {
        TaskOrder order = tenant.created(anOrder().spec());
        listenFor(order.taskId());

        assertThatThrownBy(() -> tenant.as(() -> Application.shared()
                        .bean(TenantTransactions.class)
                        .in(() -> {
                            Application.shared().bean(TaskOrders.class).cancel(order.taskId(), "no", Tenant.CALLER);
                            throw new IllegalStateException("rolled back");
                        })))
                .hasMessage("rolled back");

        assertThat(heard).isEmpty();
        assertThat(tenant.find(order.taskId()).state().status()).isEqualTo(Status.PENDING);
    }

    /** Reads on a connection of its own: only what is committed is seen there. */
    private void listenFor(UUID taskId) {
        Application.shared().bean(OrderEnds.class).listen(ended -> {
            if (ended.equals(taskId)) {
                heard.add(TestDatabase.get()
                        .superuser()
                        .sql("SELECT status FROM task_order WHERE task_id = ?")
                        .param(taskId)
                        .query(Status.class)
                        .single());
            }
        });
    }
}
