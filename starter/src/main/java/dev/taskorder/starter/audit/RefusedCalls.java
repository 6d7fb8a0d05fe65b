package dev.taskorder.starter.audit;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Ticker;
import dev.taskorder.api.audit.AuditLog;
import dev.taskorder.api.audit.AuditRecord;
import dev.taskorder.api.tenant.TenantContext;
import dev.taskorder.api.tenant.TenantId;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/**
 * Writes down calls that were refused for their caller's role or tenant, so that no caller fills its tenant's log by them: the first
 * hundred of one in an hour have an entry each, and of the rest those that are alike have one an hour. Each process counts for itself.
 */
public final class RefusedCalls {
    static final int EACH_OF_ACTOR = 100;
    /** A tenant may make any number of keys. */
    static final int EACH_OF_TENANT = 1000;

    static final Duration WITHIN = Duration.ofHours(1);

    /** Far more than there are: no tenant can make another one. */
    private static final int TENANTS_MAX = 100_000;

    /** No more actors than entries of their tenant are kept. */
    private static final class OfTenant {
        private final Map<String, Integer> ofActor = new HashMap<>();
        private int all;

        synchronized boolean hasRoom(String actor) {
            int own = ofActor.getOrDefault(actor, 0);
            if (own == EACH_OF_ACTOR || all == EACH_OF_TENANT) {
                return false;
            }
            ofActor.put(actor, own + 1);
            all++;
            return true;
        }
    }

    private final AuditLog audit;
    private final MeterRegistry metrics;
    private final Cache<TenantId, OfTenant> tenants;

    RefusedCalls(AuditLog audit, MeterRegistry metrics, Ticker ticker) {
        this.audit = audit;
        this.metrics = metrics;
        this.tenants = Caffeine.newBuilder()
                .maximumSize(TENANTS_MAX)
                .expireAfterWrite(WITHIN)
                .ticker(ticker)
                .build();
        // all from the start, for what is first seen at 1 is no increase
        AuditedCall.OF_ROLE_OR_TENANT.forEach(code -> count(code, 0));
    }

    /** Of the bound tenant. */
    public void write(AuditRecord refusal) {
        if (hasRoom(TenantContext.required(), refusal)) {
            audit.write(refusal);
        } else {
            audit.writeOncePerHour(refusal);
        }
    }

    /** Of a tenant that is not bound, for its principal named another. */
    public void writeFor(TenantId owner, AuditRecord refusal) {
        if (hasRoom(owner, refusal)) {
            audit.writeFor(owner, refusal);
        } else {
            audit.writeOncePerHourFor(owner, refusal);
        }
    }

    private boolean hasRoom(TenantId tenant, AuditRecord refusal) {
        boolean hasRoom = tenants.get(tenant, absent -> new OfTenant()).hasRoom(refusal.actor());
        if (!hasRoom) {
            count(String.valueOf(refusal.code()), 1);
        }
        return hasRoom;
    }

    private void count(String code, int more) {
        Counter.builder("taskorder.refusals.unlisted")
                .description("Calls refused for role or tenant that have no entry of their own in the audit log")
                .tag("code", code)
                .register(metrics)
                .increment(more);
    }
}
