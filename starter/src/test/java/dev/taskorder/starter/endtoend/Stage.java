package dev.taskorder.starter.endtoend;

import dev.taskorder.activities.dispatch.DispatchQueue;
import dev.taskorder.activities.dispatch.DispatchSignal;
import dev.taskorder.activities.dispatch.StartAtOnce;
import dev.taskorder.api.order.OrderSteps;
import dev.taskorder.starter.testing.TestTenants;
import io.temporal.serviceclient.WorkflowServiceStubs;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.core.env.Environment;

/** What tests have in their hands beside the application: its callers, its Temporal, and three places to interfere. */
@TestConfiguration(proxyBeanMethods = false)
class Stage {
    @Bean
    Customers customers(TestTenants tenants, Environment environment) {
        return new Customers(tenants, environment);
    }

    @Bean
    RawTemporal rawTemporal(WorkflowServiceStubs stubs, Environment environment) {
        return new RawTemporal(stubs, environment);
    }

    @Bean
    ScriptedExecutor scriptedExecutor() {
        return new ScriptedExecutor();
    }

    @Bean
    static Faults faults() {
        return new Faults();
    }

    @Bean
    static Brake brake() {
        return new Brake();
    }

    @Bean
    static BeanPostProcessor interference(Faults faults, Brake brake) {
        return new BeanPostProcessor() {
            @Override
            public Object postProcessAfterInitialization(Object bean, String name) {
                if (bean instanceof OrderSteps steps) {
                    return new FaultySteps(steps, faults);
                }
                if (bean instanceof DispatchQueue queue) {
                    return brake.on(queue);
                }
                if (bean instanceof StartAtOnce way) {
                    return brake.on(way);
                }
                if (bean instanceof DispatchSignal signal) {
                    brake.wakes(signal);
                }
                return bean;
            }
        };
    }
}
