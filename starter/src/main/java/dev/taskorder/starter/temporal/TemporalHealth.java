package dev.taskorder.starter.temporal;

import io.grpc.ConnectivityState;
import io.temporal.serviceclient.WorkflowServiceStubs;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;

/**
 * Whether Temporal is there, and whether orders can be found in it. Its absence never takes the API out of service:
 * orders are accepted and wait, so it is shown as unknown and not as down.
 */
final class TemporalHealth implements HealthIndicator {
    private final WorkflowServiceStubs stubs;
    private final TemporalSettings settings;
    private final TemporalGate gate;
    private final AttributeRegistry attributes;

    TemporalHealth(
            WorkflowServiceStubs stubs, TemporalSettings settings, TemporalGate gate, AttributeRegistry attributes) {
        this.stubs = stubs;
        this.settings = settings;
        this.gate = gate;
        this.attributes = attributes;
    }

    @Override
    public Health health() {
        boolean there = gate.isOpen() && stubs.getRawChannel().getState(false) != ConnectivityState.TRANSIENT_FAILURE;
        Health.Builder health = there ? Health.up() : Health.unknown();
        health.withDetail("target", settings.target()).withDetail("namespace", settings.namespace());
        if (there) {
            health.withDetail(
                    "search_attributes", attributes.usable() ? "registered" : "missing: orders start without them");
        } else {
            health.withDetail("orders", "accepted, and waiting for Temporal");
        }
        return health.build();
    }
}
