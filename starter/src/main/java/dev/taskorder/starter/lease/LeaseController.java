package dev.taskorder.starter.lease;

import dev.taskorder.api.lease.Lease;
import dev.taskorder.api.lease.LeaseFilter;
import dev.taskorder.api.lease.LeaseRelease;
import dev.taskorder.api.lease.Leases;
import dev.taskorder.api.order.Limits;
import dev.taskorder.api.order.TaskOrders;
import dev.taskorder.api.page.Page;
import dev.taskorder.api.page.PageRequest;
import dev.taskorder.api.tenant.Caller;
import dev.taskorder.api.tenant.TenantContext;
import dev.taskorder.api.tenant.TenantId;
import dev.taskorder.starter.problem.ProblemCode;
import dev.taskorder.starter.problem.ProblemException;
import dev.taskorder.starter.role.InRole;
import dev.taskorder.starter.role.Role;
import dev.taskorder.starter.web.Audited;
import dev.taskorder.starter.web.Fields;
import dev.taskorder.starter.web.JsonBody;
import dev.taskorder.starter.web.PageResponse;
import dev.taskorder.starter.web.PathIds;
import dev.taskorder.starter.web.Query;
import dev.taskorder.starter.web.TextRule;
import dev.taskorder.starter.web.Violations;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.util.Set;
import java.util.UUID;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** Leases, present and past, of the tenant and of one order; and the way to take one away. */
@RestController
@InRole(Role.API)
@RequestMapping(produces = MediaType.APPLICATION_JSON_VALUE)
final class LeaseController {
    private static final String FENCING_TOKEN = "fencing_token";

    private final Leases leases;
    private final LeaseRelease releases;
    private final TaskOrders orders;

    LeaseController(Leases leases, LeaseRelease releases, TaskOrders orders) {
        this.leases = leases;
        this.releases = releases;
        this.orders = orders;
    }

    @GetMapping("/v1/leases")
    PageResponse<LeaseResponse> list(HttpServletRequest request) {
        Query query = Query.ofPage(request, "state", "asset_id", "task_id");
        LeaseFilter filter = new LeaseFilter(
                query.constant("state", Lease.State.class),
                query.text("asset_id", TextRule.NAME),
                query.uuid("task_id"));
        PageRequest page = query.page();
        return shown(leases.list(filter, page));
    }

    @GetMapping("/v1/task-orders/{task_id}/leases")
    PageResponse<LeaseResponse> ofOrder(HttpServletRequest request, @PathVariable("task_id") String taskId) {
        UUID id = PathIds.uuid("task_id", taskId);
        PageRequest page = Query.ofPage(request).page();
        Page<Lease> found = leases.list(new LeaseFilter(null, null, id), page);
        // only an order without leases needs a second look: it may be none at all, or none of this tenant
        if (found.items().isEmpty() && orders.find(id).isEmpty()) {
            throw new ProblemException(ProblemCode.NOT_FOUND, "there is no such task order");
        }
        return shown(found);
    }

    @PostMapping("/v1/leases/{lease_id}/release")
    @Audited(value = "lease.release", object = "lease")
    LeaseResponse release(HttpServletRequest request, @PathVariable("lease_id") String leaseId, Caller caller)
            throws IOException {
        Query.refuseAny(request);
        UUID id = PathIds.uuid("lease_id", leaseId);
        Violations violations = new Violations();
        Fields fields = Fields.ofBody(JsonBody.read(request, Limits.BODY_BYTES_MAX), violations);
        fields.allowOnly(Set.of(FENCING_TOKEN), name -> false);
        long token = fields.requiredInteger(FENCING_TOKEN, 1, Long.MAX_VALUE);
        violations.refuseIfAny();
        return ended(releases.release(id, token, caller), token);
    }

    private static LeaseResponse ended(LeaseRelease.Result result, long token) {
        if (result instanceof LeaseRelease.Result.Ended ended) {
            return LeaseResponse.of(TenantContext.required(), ended.lease());
        }
        if (result instanceof LeaseRelease.Result.StaleToken) {
            throw new ProblemException(
                    ProblemCode.STALE_TOKEN,
                    "the lease has another fencing token than " + token + ": look who holds it now");
        }
        throw new ProblemException(ProblemCode.NOT_FOUND, "there is no such lease");
    }

    private static PageResponse<LeaseResponse> shown(Page<Lease> page) {
        TenantId tenant = TenantContext.required();
        return PageResponse.of(page, lease -> LeaseResponse.of(tenant, lease));
    }
}
