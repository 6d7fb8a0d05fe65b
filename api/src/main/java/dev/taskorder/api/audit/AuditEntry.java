package dev.taskorder.api.audit;

import java.time.Instant;

/** A record as it stands in the log, never changed or deleted. */
public record AuditEntry(Instant at, AuditRecord act) {}
