package dev.taskorder.starter.security;

import dev.taskorder.api.principal.ApiKeys;
import dev.taskorder.api.principal.Role;
import dev.taskorder.api.tenant.Caller;
import dev.taskorder.api.tenant.TenantContext;
import dev.taskorder.api.tenant.TenantId;
import dev.taskorder.starter.problem.ProblemCode;
import dev.taskorder.starter.problem.ProblemException;
import dev.taskorder.starter.role.InRole;
import dev.taskorder.starter.web.Audited;
import dev.taskorder.starter.web.Fields;
import dev.taskorder.starter.web.JsonBody;
import dev.taskorder.starter.web.PathIds;
import dev.taskorder.starter.web.Query;
import dev.taskorder.starter.web.RequestPrincipal;
import dev.taskorder.starter.web.TextRule;
import dev.taskorder.starter.web.Violations;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.time.Instant;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** The keys of a tenant. Its path names the tenant, which is bound before it comes here. */
@RestController
@InRole(dev.taskorder.starter.role.Role.API)
@RequestMapping(path = "/v1/tenants/{tenant_id}/api-keys", produces = MediaType.APPLICATION_JSON_VALUE)
final class ApiKeyController {
    private static final int CREATED = 201;
    private static final int BODY_BYTES_MAX = 4096;
    private static final Instant LATEST = Instant.parse("9999-01-01T00:00:00Z");
    private static final Set<String> FIELDS = Set.of("name", "role", "expires_at");
    private static final Set<String> COMPUTED =
            Set.of("key_id", "prefix", "key", "created_at", "created_by", "revoked_at", "last_used_at");

    private final ApiKeys keys;

    ApiKeyController(ApiKeys keys) {
        this.keys = keys;
    }

    @PostMapping
    @Audited(value = "api_key.create", object = "api_key")
    ResponseEntity<ApiKeyResponse> create(HttpServletRequest request, Caller caller) throws IOException {
        ApiKeys.NewKey wanted = read(request);
        if (keys.create(wanted, caller) instanceof ApiKeys.CreateResult.Created created) {
            return ResponseEntity.status(CREATED)
                    .header("Cache-Control", "no-store")
                    .body(ApiKeyResponse.of(tenant().value(), created.key(), created.text()));
        }
        throw new ProblemException(
                ProblemCode.TOO_MANY_KEYS,
                "/name",
                "has " + ApiKeys.LIVE_PER_NAME + " live keys already, which is as many as may be: revoke one of '"
                        + wanted.name() + "' first");
    }

    @GetMapping
    Map<String, List<ApiKeyResponse>> list(HttpServletRequest request) {
        Query.refuseAny(request);
        String tenant = tenant().value();
        return Map.of(
                "items",
                keys.list().stream()
                        .map(key -> ApiKeyResponse.of(tenant, key, null))
                        .toList());
    }

    @DeleteMapping("/{key_id}")
    @Audited(value = "api_key.revoke", object = "api_key")
    ApiKeyResponse revoke(@PathVariable("key_id") String keyId) {
        return keys.revoke(PathIds.text("key_id", keyId, TextRule.NAME))
                .map(key -> ApiKeyResponse.of(tenant().value(), key, null))
                .orElseThrow(() -> new ProblemException(ProblemCode.NOT_FOUND, "there is no such key"));
    }

    /** Nobody gives a key more than it may itself; operators' keys are the system's own, and all of those are operators'. */
    private static ApiKeys.NewKey read(HttpServletRequest request) throws IOException {
        Violations violations = new Violations();
        Fields fields = Fields.ofBody(JsonBody.read(request, BODY_BYTES_MAX), violations);
        fields.allowOnly(FIELDS, COMPUTED::contains);
        String name = fields.text("name", TextRule.NAME);
        String role =
                fields.choice("role", givable(RequestPrincipal.required(request).role()));
        Instant expiresAt = fields.optionalTime("expires_at", LATEST);
        violations.refuseIfAny();
        return new ApiKeys.NewKey(name, Role.of(role).orElseThrow(), expiresAt);
    }

    private static Set<String> givable(Role own) {
        boolean ofSystem = tenant().equals(TenantId.SYSTEM);
        return Arrays.stream(Role.values())
                .filter(role -> own.includes(role) && ofSystem == (role == Role.OPERATOR))
                .map(Role::word)
                .collect(Collectors.toCollection(LinkedHashSet::new));
    }

    private static TenantId tenant() {
        return TenantContext.required();
    }
}
