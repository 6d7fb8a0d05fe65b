package dev.taskorder.api.lease;

import dev.taskorder.api.page.Page;
import dev.taskorder.api.page.PageRequest;

/** Leases of the bound tenant, past ones too. */
public interface Leases {
    /** Newest first. */
    Page<Lease> list(LeaseFilter filter, PageRequest page);
}
