package dev.taskorder.activities.executor;

import dev.taskorder.activities.outbound.UrlGuard;
import dev.taskorder.api.execution.Executor;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;

/** The built-in executors. */
@Configuration(proxyBeanMethods = false)
public class ExecutorConfiguration {
    @Bean
    Executor simulatedExecutor() {
        return new SimulatedExecutor();
    }

    @Bean(destroyMethod = "close")
    Executor syntheticMonitorExecutor(Environment environment) {
        return new SyntheticMonitorExecutor(new UrlGuard(environment.matchesProfiles("local")));
    }
}
