package dev.taskorder.starter.metrics;

import dev.taskorder.api.order.CreateResult;
import dev.taskorder.api.tenant.TenantContext;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.util.List;
import java.util.Locale;

/** Counts orders of the bound tenant. */
public final class OrderMeters {
    private static final String TENANT = "tenant";

    private final MeterRegistry registry;
    private final TenantTags tenants;

    /** Why a create was refused though its body was in order; each is called like the code of its answer. */
    public enum Refusal {
        RATE_LIMITED,
        QUOTA_EXCEEDED,
        NOT_ALLOWED_BY_POLICY,
        NEVER_SATISFIABLE,
        TENANT_SUSPENDED,
        TENANT_EXPIRED;

        private String code() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    OrderMeters(MeterRegistry registry, int tenantsNamed) {
        this.registry = registry;
        this.tenants = new TenantTags(tenantsNamed, this::drop);
    }

    /** What became of a create. */
    public void told(CreateResult result) {
        if (result instanceof CreateResult.Created) {
            count("taskorder.orders.created", "Orders that were created, repeats not counted", Tags.empty(), 1);
        } else if (result instanceof CreateResult.QuotaExceeded) {
            refused(Refusal.QUOTA_EXCEEDED, 1);
        } else if (result instanceof CreateResult.NotAllowed) {
            refused(Refusal.NOT_ALLOWED_BY_POLICY, 1);
        } else if (result instanceof CreateResult.NeverSatisfiable) {
            refused(Refusal.NEVER_SATISFIABLE, 1);
        }
    }

    /** Orders that were not looked at, or not taken. */
    public void refused(Refusal why, int orders) {
        count(
                "taskorder.orders.refused",
                "Orders that were refused for what their tenant may, has or does already",
                Tags.of("code", why.code()),
                orders);
    }

    /** A create that had to come one at a time with others of its tenant. */
    public void heldBack() {
        count(
                "taskorder.creates.held",
                "Creates that went one at a time, for their tenant has a backlog while others are about",
                Tags.empty(),
                1);
    }

    void ended() {
        count("taskorder.orders.ended", "Orders that ended in this process", Tags.empty(), 1);
    }

    /** Under one lock with the choice of the name: it must not be counted under a name that was dropped meanwhile. */
    private synchronized void count(String name, String description, Tags tags, int more) {
        Counter.builder(name)
                .description(description)
                .tags(tags)
                .tag(TENANT, tenants.of(TenantContext.current().orElse(null)))
                .register(registry)
                .increment(more);
    }

    private void drop(String tenant) {
        List.copyOf(registry.getMeters()).stream()
                .filter(meter -> meter.getId().getName().startsWith("taskorder.")
                        && tenant.equals(meter.getId().getTag(TENANT)))
                .forEach(registry::remove);
    }
}
