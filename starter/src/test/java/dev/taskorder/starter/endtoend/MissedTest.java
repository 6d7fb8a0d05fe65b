package dev.taskorder.starter.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.context.SmartLifecycle;

/**
 * What was committed and never told to a dispatcher: the dispatcher does not look by itself, so maintenance makes it.
 * Maintenance rests until the test has everything where it wants it.
 */
@EndToEnd
class MissedTest {
    @Autowired
    private Customers customers;

    @Autowired
    private Brake brake;

    @Autowired
    @Qualifier("maintenanceLoop")
    private SmartLifecycle maintenance;

    private Customer customer;

    @BeforeEach
    void maintenance_rests_and_the_dispatcher_claims_nothing_of_the_customer() {
        maintenance.stop();
        customer = customers.fresh();
        brake.hold(customer.tenant());
    }

    @AfterEach
    void maintenance_is_there_for_the_others() {
        if (!maintenance.isRunning()) {
            maintenance.start();
        }
    }

    @Test
    void an_order_whose_start_was_told_to_nobody_is_started() {
        String task = customer.order();
        forgotten("claimStarts");
        assertThat(Customer.statusOf(customer.get(task))).isEqualTo("PENDING");
        maintenance.start();
        customer.awaitEnd(task, "SUCCESS");
    }

    @Test
    void an_order_whose_wake_was_told_to_nobody_wakes() {
        brake.releaseUntold(customer.tenant());
        customer.onlyABannedOne();
        String task = customer.order(Customer.ONE_NET);
        customer.awaitStatus(task, "QUEUED");
        brake.hold(customer.tenant());
        customer.oneSlot();
        forgotten("claimSignals");
        assertThat(Customer.statusOf(customer.get(task)))
                .as("granted, and its workflow does not know")
                .isEqualTo("RUNNING");
        maintenance.start();
        customer.awaitEnd(task, "SUCCESS");
    }

    /** As if the process that was to tell the dispatcher had died after its commit. */
    private void forgotten(String claim) {
        await().until(() -> brake.refused(customer.tenant(), claim));
        brake.releaseUntold(customer.tenant());
    }
}
