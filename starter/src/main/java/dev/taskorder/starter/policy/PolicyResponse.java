package dev.taskorder.starter.policy;

import dev.taskorder.api.policy.PolicyAdmin;
import dev.taskorder.starter.web.AuditedAnswer;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A version of a policy as callers see it. */
record PolicyResponse(int version, String name, boolean active, Map<String, @Nullable Object> policy)
        implements AuditedAnswer {
    static PolicyResponse of(PolicyAdmin.Version version) {
        return new PolicyResponse(version.number(), version.name(), version.active(), version.body());
    }

    @Override
    public String idOfObject() {
        return name;
    }
}
