package dev.taskorder.starter.security;

import dev.taskorder.api.page.PageRequest;
import dev.taskorder.api.principal.ApiKeys;
import dev.taskorder.api.principal.Role;
import dev.taskorder.api.tenant.Caller;
import dev.taskorder.api.tenant.TenantContext;
import dev.taskorder.api.tenant.TenantId;
import dev.taskorder.starter.problem.ProblemCode;
import dev.taskorder.starter.problem.ProblemException;
import dev.taskorder.starter.role.InRole;
import dev.taskorder.starter.web.Audited;
import dev.taskorder.starter.web.JsonBody;
import dev.taskorder.starter.web.PageResponse;
import dev.taskorder.starter.web.PathIds;
import dev.taskorder.starter.web.Query;
import dev.taskorder.starter.web.RequestPrincipal;
import dev.taskorder.starter.web.TextRule;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.time.Clock;
import java.util.Arrays;
import java.util.LinkedHashSet;
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
    private final NewKeyReader reader = new NewKeyReader(Clock.systemUTC());
    private final ApiKeys keys;

    ApiKeyController(ApiKeys keys) {
        this.keys = keys;
    }

    @PostMapping
    @Audited(value = "api_key.create", object = "api_key")
    ResponseEntity<ApiKeyResponse> create(HttpServletRequest request, Caller caller) throws IOException {
        Role own = RequestPrincipal.required(request).role();
        ApiKeys.NewKey wanted = reader.read(JsonBody.read(request, BODY_BYTES_MAX), givable(own));
        ApiKeys.CreateResult result = keys.create(wanted, caller);
        if (result instanceof ApiKeys.CreateResult.Created created) {
            return ResponseEntity.status(CREATED)
                    .header("Cache-Control", "no-store")
                    .body(ApiKeyResponse.of(tenant().value(), created.key(), created.text()));
        }
        if (result instanceof ApiKeys.CreateResult.TenantFull) {
            throw new ProblemException(
                    ProblemCode.TOO_MANY_KEYS,
                    "the tenant has " + ApiKeys.PER_TENANT
                            + " live keys, which is as many as may be: revoke one that is not used, or let keys expire");
        }
        throw new ProblemException(
                ProblemCode.TOO_MANY_KEYS,
                "/name",
                "has " + ApiKeys.LIVE_PER_NAME + " live keys already, which is as many as may be: revoke one of '"
                        + wanted.name() + "' first");
    }

    @GetMapping
    PageResponse<ApiKeyResponse> list(HttpServletRequest request) {
        PageRequest page = Query.ofPage(request).page();
        String tenant = tenant().value();
        return PageResponse.of(keys.list(page), key -> ApiKeyResponse.of(tenant, key, null));
    }

    @DeleteMapping("/{key_id}")
    @Audited(value = "api_key.revoke", object = "api_key")
    ApiKeyResponse revoke(@PathVariable("key_id") String keyId) {
        return keys.revoke(PathIds.text("key_id", keyId, TextRule.NAME))
                .map(key -> ApiKeyResponse.of(tenant().value(), key, null))
                .orElseThrow(() -> new ProblemException(ProblemCode.NOT_FOUND, "there is no such key"));
    }

    /** Nobody gives a key more than it may itself; operators' keys are the system's own, and all of those are operators'. */
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
