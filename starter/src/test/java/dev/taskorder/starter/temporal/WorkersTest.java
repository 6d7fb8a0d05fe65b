package dev.taskorder.starter.temporal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import dev.taskorder.starter.TaskOrderApplication;
import dev.taskorder.starter.testing.TestDatabase;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;

/** The workers of a process end in peace, also where Temporal is away. */
class WorkersTest {
    @Test
    void without_temporal_they_stop_as_they_would_with_it_and_a_second_time_too() {
        SpringApplication application = new SpringApplication(TaskOrderApplication.class);
        application.setDefaultProperties(Map.of(TestDatabase.WANTED, "workers"));
        try (ConfigurableApplicationContext process = application.run(
                "--server.port=0",
                "--management.server.port=0",
                "--taskorder.roles=worker",
                "--taskorder.security.accept=",
                "--taskorder.temporal.target=127.0.0.1:1")) {
            Workers workers = process.getBean(Workers.class);
            assertThat(workers.isRunning()).isTrue();
            for (int time = 1; time <= 2; time++) {
                assertThatCode(workers::stop).doesNotThrowAnyException();
                assertThat(workers.isRunning()).isFalse();
            }
        }
    }
}
