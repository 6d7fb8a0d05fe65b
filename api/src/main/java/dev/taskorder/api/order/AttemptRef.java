package dev.taskorder.api.order;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import dev.taskorder.api.tenant.TenantId;
import java.util.UUID;

/** The input of an executor's activity in our JVM: which attempt. Input, leases and result go by the row. */
@JsonIgnoreProperties(ignoreUnknown = true)
public record AttemptRef(TenantId tenant, UUID taskId, int attempt) implements OrderCommand {}
