package dev.taskorder.starter.order;

import dev.taskorder.api.policy.Policies;
import dev.taskorder.api.tenant.TenantContext;
import org.springframework.stereotype.Component;

/** Makes the reader for the caller's tenant, whose policy has the default currency. */
@Component
final class TaskOrderReaders {
    private final Policies policies;

    TaskOrderReaders(Policies policies) {
        this.policies = policies;
    }

    TaskOrderReader forCaller() {
        return new TaskOrderReader(
                TenantContext.required(), policies.active().policy().currency());
    }
}
