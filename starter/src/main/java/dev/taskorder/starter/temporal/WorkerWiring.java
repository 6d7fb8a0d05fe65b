package dev.taskorder.starter.temporal;

import dev.taskorder.activities.execution.AttemptWorker;
import dev.taskorder.activities.order.OrderIdentities;
import dev.taskorder.api.audit.AuditLog;
import dev.taskorder.api.order.OrderSteps;
import dev.taskorder.api.tenant.Tenants;
import dev.taskorder.starter.role.InRole;
import dev.taskorder.starter.role.Role;
import dev.taskorder.starter.tenant.TenantContextPropagator;
import io.micrometer.core.instrument.MeterRegistry;
import io.temporal.client.WorkflowClient;
import java.time.Duration;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The workers, in processes of that role. */
@Configuration(proxyBeanMethods = false)
@InRole(Role.WORKER)
class WorkerWiring {
    @Bean
    Workers workers(
            WorkflowClient client,
            ActivityEntry activityEntry,
            OrderSteps steps,
            AttemptWorker attempts,
            TemporalSettings settings,
            @Value("${taskorder.shutdown-grace:20s}") Duration grace) {
        return new Workers(client, activityEntry, steps, attempts, grace, settings.executorSlots());
    }

    @Bean
    ActivityEntry activityEntry(
            TenantContextPropagator tenants, TraceContextPropagator traces, OrderIdentities orders, Refusals refusals) {
        return new ActivityEntry(tenants, traces, orders, refusals);
    }

    @Bean
    Refusals activityRefusals(Tenants tenants, AuditLog audit, MeterRegistry metrics) {
        return new Refusals(tenants, audit, metrics);
    }
}
