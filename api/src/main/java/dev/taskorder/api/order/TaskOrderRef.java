package dev.taskorder.api.order;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import dev.taskorder.api.tenant.TenantId;
import java.util.UUID;

/**
 * All that a workflow is started with: whose order, which, and which run of it. The row holds the rest.
 *
 * @param runNo raised by redrive and recovery; a step of an older run changes nothing
 */
@JsonIgnoreProperties(ignoreUnknown = true)
public record TaskOrderRef(TenantId tenant, UUID taskId, int runNo) implements OrderCommand {}
