package dev.taskorder.starter.tenant;

import dev.taskorder.api.order.Limits;
import dev.taskorder.api.page.PageRequest;
import dev.taskorder.api.tenant.Caller;
import dev.taskorder.api.tenant.TenantAdmin;
import dev.taskorder.api.tenant.TenantContext;
import dev.taskorder.api.tenant.TenantView;
import dev.taskorder.api.tenant.Tenants;
import dev.taskorder.starter.role.InRole;
import dev.taskorder.starter.role.Role;
import dev.taskorder.starter.web.Audited;
import dev.taskorder.starter.web.Fields;
import dev.taskorder.starter.web.JsonBody;
import dev.taskorder.starter.web.PageResponse;
import dev.taskorder.starter.web.Query;
import dev.taskorder.starter.web.TextRule;
import dev.taskorder.starter.web.Violations;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.net.URI;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** Tenants: make, look at, suspend and activate them. */
@RestController
@InRole(Role.API)
@RequestMapping(path = "/v1/tenants", produces = MediaType.APPLICATION_JSON_VALUE)
final class TenantController {
    private static final int CREATED = 201;
    private static final int REPLACED = 200;
    private static final Set<String> FIELDS = Set.of("name", "expires_at");
    private static final Set<String> COMPUTED =
            Set.of("tenant_id", "status", "policy", "suspended_at", "suspended_reason");
    private static final Instant TIME_MAX = Instant.parse("9999-12-31T23:59:59Z");
    private static final int NAME_CHARS_MAX = 255;
    private static final TextRule NAME =
            new TextRule(null, 1, NAME_CHARS_MAX, "must have 1 to " + NAME_CHARS_MAX + " characters");

    private final TenantAdmin admin;
    private final Tenants tenants;

    TenantController(TenantAdmin admin, Tenants tenants) {
        this.admin = admin;
        this.tenants = tenants;
    }

    @GetMapping
    PageResponse<TenantResponse> list(HttpServletRequest request) {
        PageRequest page = Query.ofPage(request).page();
        return PageResponse.of(admin.list(page), TenantResponse::of);
    }

    @GetMapping("/{tenant_id}")
    TenantResponse get(HttpServletRequest request) {
        Query.refuseAny(request);
        return shown(tenants.find(TenantContext.required()));
    }

    @PutMapping("/{tenant_id}")
    @Audited(value = "tenant.put", object = "tenant")
    ResponseEntity<TenantResponse> put(
            HttpServletRequest request, @PathVariable("tenant_id") String tenantId, Caller caller) throws IOException {
        Query.refuseAny(request);
        Violations violations = new Violations();
        Fields fields = Fields.ofBody(JsonBody.read(request, Limits.BODY_BYTES_MAX), violations);
        fields.allowOnly(FIELDS, COMPUTED::contains);
        String name = fields.text("name", NAME);
        Instant expiresAt = fields.optionalTime("expires_at", TIME_MAX);
        violations.refuseIfAny();
        TenantAdmin.Put put = admin.put(name, expiresAt, caller);
        ResponseEntity.BodyBuilder answer = ResponseEntity.status(put.created() ? CREATED : REPLACED);
        if (put.created()) {
            answer.location(URI.create("/v1/tenants/" + tenantId));
        }
        return answer.body(TenantResponse.of(put.tenant()));
    }

    @PostMapping("/{tenant_id}/suspend")
    @Audited(value = "tenant.suspend", object = "tenant")
    TenantResponse suspend(HttpServletRequest request, Caller caller) throws IOException {
        Query.refuseAny(request);
        return shown(admin.suspend(reason(request), caller));
    }

    @PostMapping("/{tenant_id}/activate")
    @Audited(value = "tenant.activate", object = "tenant")
    TenantResponse activate(HttpServletRequest request, Caller caller) throws IOException {
        Query.refuseAny(request);
        return shown(admin.activate(reason(request), caller));
    }

    private static @Nullable String reason(HttpServletRequest request) throws IOException {
        Violations violations = new Violations();
        Fields fields = Fields.ofBody(JsonBody.readOptional(request, Limits.BODY_BYTES_MAX), violations);
        fields.allowOnly(Set.of("reason"), name -> false);
        String reason = fields.optionalText("reason", TextRule.REASON);
        violations.refuseIfAny();
        return reason;
    }

    private static TenantResponse shown(Optional<TenantView> tenant) {
        return tenant.map(TenantResponse::of).orElseThrow(ActedTenant::noSuchTenant);
    }
}
