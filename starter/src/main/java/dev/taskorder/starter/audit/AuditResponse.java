package dev.taskorder.starter.audit;

import dev.taskorder.api.audit.AuditEntry;
import dev.taskorder.api.audit.AuditOutcome;
import dev.taskorder.api.audit.AuditRecord;
import dev.taskorder.api.audit.AuditRecord.AuditObject;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** An entry of the audit log as callers see it. */
record AuditResponse(
        Instant at,
        String actor,
        @Nullable String role,
        @Nullable String keyId,
        String action,
        @Nullable String objectType,
        @Nullable String objectId,
        AuditOutcome outcome,
        @Nullable String code,
        @Nullable String remoteAddress,
        @Nullable String traceId) {
    static AuditResponse of(AuditEntry entry) {
        AuditRecord act = entry.act();
        AuditObject object = act.object();
        return new AuditResponse(
                entry.at(),
                act.actor(),
                act.role(),
                act.keyId(),
                act.action(),
                object == null ? null : object.type(),
                object == null ? null : object.id(),
                act.outcome(),
                act.code(),
                act.origin().remoteAddress(),
                act.origin().traceId());
    }
}
