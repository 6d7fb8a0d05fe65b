package dev.taskorder.api.audit;

import dev.taskorder.api.page.Page;
import dev.taskorder.api.page.PageRequest;

/** Reads the audit log of the bound tenant. */
public interface AuditTrail {
    /** Entries, newest first. */
    Page<AuditEntry> list(AuditFilter filter, PageRequest page);
}
