package dev.taskorder.activities.execution;

import dev.taskorder.activities.tenant.TenantBinder;
import dev.taskorder.api.execution.Executor;
import io.temporal.activity.DynamicActivity;
import java.time.Duration;
import java.util.List;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The executors of this JVM behind one activity. */
@Configuration(proxyBeanMethods = false)
public class ExecutionConfiguration {
    @Bean(destroyMethod = "close")
    Timers attemptTimers() {
        return new Timers();
    }

    @Bean
    AttemptWorker attemptWorker(AttemptStore store, List<Executor> executors, TenantBinder tenants, Timers timers) {
        RunningAttempts running = new RunningAttempts(timers);
        DynamicActivity activity = new AttemptActivity(store, executors, running, tenants, timers);
        return new AttemptWorker() {
            @Override
            public DynamicActivity activity() {
                return activity;
            }

            @Override
            public void drain(Duration grace) throws InterruptedException {
                running.drain(grace);
            }
        };
    }
}
