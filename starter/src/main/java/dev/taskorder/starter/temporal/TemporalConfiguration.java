package dev.taskorder.starter.temporal;

import com.uber.m3.tally.RootScopeBuilder;
import com.uber.m3.tally.Scope;
import com.uber.m3.util.Duration;
import dev.taskorder.starter.tenant.TenantContextPropagator;
import io.micrometer.core.instrument.MeterRegistry;
import io.temporal.api.workflowservice.v1.DescribeNamespaceRequest;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowClientOptions;
import io.temporal.common.reporter.MicrometerClientStatsReporter;
import io.temporal.serviceclient.GrpcCompression;
import io.temporal.serviceclient.WorkflowServiceStubs;
import io.temporal.serviceclient.WorkflowServiceStubsOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

/** The connection to Temporal. Nothing here waits for it: the application starts and serves without. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(TemporalSettings.class)
@Import({DispatchWiring.class, WorkerWiring.class})
public class TemporalConfiguration {
    private static final java.time.Duration RECONNECT = java.time.Duration.ofSeconds(2);
    private static final int QUESTION_SECONDS_MAX = 2;
    private static final double METRICS_SECONDS = 10;

    @Bean
    FewBuckets fewBuckets() {
        return new FewBuckets();
    }

    @Bean(destroyMethod = "close")
    Scope temporalMetrics(MeterRegistry meters) {
        return new RootScopeBuilder()
                .reporter(new MicrometerClientStatsReporter(meters))
                .reportEvery(Duration.ofSeconds(METRICS_SECONDS));
    }

    @Bean(destroyMethod = "shutdownNow")
    WorkflowServiceStubs temporalStubs(TemporalSettings settings, Scope temporalMetrics) {
        WorkflowServiceStubsOptions.Builder options = WorkflowServiceStubsOptions.newBuilder();
        options.setTarget(settings.target())
                .setMetricsScope(temporalMetrics)
                .setConnectionBackoffResetFrequency(RECONNECT)
                .addGrpcClientInterceptor(new PatientPolls());
        if (settings.isLoopback()) {
            options.setGrpcCompression(GrpcCompression.NONE);
        }
        if (settings.inJvm()) {
            options.addGrpcClientInterceptor(new NoStickyQueue());
        }
        return WorkflowServiceStubs.newServiceStubs(options.validateAndBuildWithDefaults());
    }

    @Bean
    TenantContextPropagator tenantContextPropagator() {
        return new TenantContextPropagator();
    }

    @Bean
    TraceContextPropagator traceContextPropagator() {
        return new TraceContextPropagator();
    }

    @Bean
    WorkflowClient workflowClient(
            WorkflowServiceStubs stubs,
            TemporalSettings settings,
            TenantContextPropagator tenants,
            TraceContextPropagator traces) {
        return WorkflowClient.newInstance(
                stubs,
                WorkflowClientOptions.newBuilder()
                        .setNamespace(settings.namespace())
                        .setContextPropagators(List.of(tenants, traces))
                        .build());
    }

    @Bean
    AttributeRegistry attributeRegistry(WorkflowServiceStubs stubs, TemporalSettings settings) {
        return new AttributeRegistry(stubs.getRawChannel(), settings.namespace());
    }

    @Bean
    TemporalGate temporalGate(
            WorkflowServiceStubs stubs,
            TemporalSettings settings,
            AttributeRegistry attributes,
            ObjectProvider<Workers> workers,
            DispatchWiring.SweepAll sweepAll) {
        List<Runnable> onOpen = new ArrayList<>();
        workers.ifAvailable(found -> onOpen.add(found::poll));
        onOpen.add(sweepAll);
        Runnable question = () -> {
            ask(stubs, settings.namespace());
            // before anything starts: an order that starts without them is never found by them
            attributes.register();
        };
        return new TemporalGate(question, onOpen);
    }

    @Bean
    HealthIndicator temporalHealthIndicator(
            WorkflowServiceStubs stubs, TemporalSettings settings, TemporalGate gate, AttributeRegistry attributes) {
        return new TemporalHealth(stubs, settings, gate, attributes);
    }

    private static void ask(WorkflowServiceStubs stubs, String namespace) {
        // The channel's own back-off grows to minutes; the gate's is the one that counts.
        stubs.getRawChannel().resetConnectBackoff();
        var unused = stubs.blockingStub()
                .withDeadlineAfter(QUESTION_SECONDS_MAX, TimeUnit.SECONDS)
                .describeNamespace(DescribeNamespaceRequest.newBuilder()
                        .setNamespace(namespace)
                        .build());
    }
}
