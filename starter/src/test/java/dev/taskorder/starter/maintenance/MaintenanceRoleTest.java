package dev.taskorder.starter.maintenance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.taskorder.starter.testing.FullApplication;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.context.ApplicationContext;

/** The application of these tests has the role {@code api} and no other. */
@FullApplication
class MaintenanceRoleTest {
    @Autowired
    private ApplicationContext context;

    @Test
    void a_process_that_only_serves_the_api_maintains_nothing() {
        assertThat(context.getBeanNamesForType(MaintenanceLoop.class)).isEmpty();
        assertThat(context.containsBean("maintenanceLoop")).isFalse();
    }
}
