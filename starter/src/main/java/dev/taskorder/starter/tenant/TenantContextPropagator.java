package dev.taskorder.starter.tenant;

import dev.taskorder.api.tenant.TenantContext;
import dev.taskorder.api.tenant.TenantId;
import io.temporal.api.common.v1.Payload;
import io.temporal.common.context.ContextPropagator;
import io.temporal.common.converter.DataConverterException;
import io.temporal.common.converter.GlobalDataConverter;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Carries the tenant from a start through the workflow to its activities, local ones included, as a header. Whoever may
 * start workflows can write any header: who uses the tenant checks it against the input and the workflow's id.
 */
public final class TenantContextPropagator implements ContextPropagator {
    private static final String HEADER = "tenant";

    @Override
    public String getName() {
        return "taskorder-tenant";
    }

    @Override
    public @Nullable Object getCurrentContext() {
        return TenantContext.current().orElse(null);
    }

    @Override
    public void setCurrentContext(@Nullable Object context) {
        if (context instanceof TenantId tenant) {
            TenantBinding.bind(tenant);
        } else {
            TenantBinding.clear();
        }
    }

    @Override
    public Map<String, Payload> serializeContext(@Nullable Object context) {
        return context instanceof TenantId tenant
                ? Map.of(
                        HEADER,
                        GlobalDataConverter.get().toPayload(tenant.value()).orElseThrow())
                : Map.of();
    }

    @Override
    public @Nullable Object deserializeContext(Map<String, Payload> header) {
        return tenantOf(header).orElse(null);
    }

    /** The tenant that a header names; nothing if it names none, or something that cannot be one. */
    public Optional<TenantId> tenantOf(Map<String, Payload> header) {
        Payload payload = header.get(HEADER);
        if (payload == null) {
            return Optional.empty();
        }
        try {
            String text = GlobalDataConverter.get().fromPayload(payload, String.class, String.class);
            return Optional.ofNullable(text).filter(TenantId::isWellFormed).map(TenantId::new);
        } catch (DataConverterException e) {
            // A header that is not ours is no reason to fail: without a tenant, nothing of a tenant's can be reached.
            return Optional.empty();
        }
    }

    /** Leaves this thread without a tenant: the SDK never does, and its threads are used again. */
    public void clear() {
        TenantBinding.clear();
    }
}
