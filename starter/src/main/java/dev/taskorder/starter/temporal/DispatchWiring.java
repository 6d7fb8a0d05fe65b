package dev.taskorder.starter.temporal;

import dev.taskorder.activities.dispatch.DispatchQueue;
import dev.taskorder.activities.dispatch.DispatchSignal;
import dev.taskorder.activities.dispatch.StartAtOnce;
import dev.taskorder.activities.order.OrderIdentities;
import dev.taskorder.api.tenant.TenantContext;
import dev.taskorder.starter.tenant.BackgroundRunner;
import io.temporal.client.WorkflowClient;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The dispatcher, which every role has. */
@Configuration(proxyBeanMethods = false)
class DispatchWiring {
    /** What is done when Temporal has come: look over all tenants. */
    interface SweepAll extends Runnable {}

    @Bean
    SweepAll sweepAll(DispatchSignal signal) {
        return signal::sweep;
    }

    @Bean(destroyMethod = "close")
    Calls temporalCalls() {
        return new Calls();
    }

    @Bean
    OrderStarter orderStarter(
            WorkflowClient client,
            AttributeRegistry attributes,
            TraceContextPropagator traces,
            Calls calls,
            OrderIdentities identities) {
        return new OrderStarter(client, attributes, traces, calls, identities);
    }

    @Bean
    OrderSignaller orderSignaller(WorkflowClient client, Calls calls) {
        return new OrderSignaller(client, calls);
    }

    @Bean
    Outcomes dispatchOutcomes(DispatchQueue queue, BackgroundRunner tenants) {
        return new Outcomes(queue, tenants);
    }

    @Bean
    Courier courier(
            OrderStarter starter,
            OrderSignaller signaller,
            BackgroundRunner tenants,
            TemporalGate gate,
            Outcomes outcomes) {
        return new Courier(starter, signaller, tenants, gate, outcomes);
    }

    @Bean
    Dispatcher dispatcher(
            DispatchQueue queue,
            DispatchSignal signal,
            BackgroundRunner tenants,
            TemporalGate gate,
            Courier courier,
            Outcomes outcomes) {
        return new Dispatcher(queue, signal, tenants, gate, courier, outcomes);
    }

    /** A bean of its own, for who creates orders knows nothing of the dispatcher. */
    @Bean
    StartAtOnce startAtOnce(Dispatcher dispatcher) {
        return () -> dispatcher.place(TenantContext.required());
    }

    @Bean
    Backlogs backlogs(Dispatcher dispatcher) {
        return dispatcher::isHeld;
    }
}
