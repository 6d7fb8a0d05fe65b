package dev.taskorder.starter.policy;

import dev.taskorder.api.order.Limits;
import dev.taskorder.api.page.PageRequest;
import dev.taskorder.api.policy.PolicyAdmin;
import dev.taskorder.api.tenant.Caller;
import dev.taskorder.starter.problem.ProblemCode;
import dev.taskorder.starter.problem.ProblemException;
import dev.taskorder.starter.role.InRole;
import dev.taskorder.starter.role.Role;
import dev.taskorder.starter.web.Audited;
import dev.taskorder.starter.web.Fields;
import dev.taskorder.starter.web.JsonBody;
import dev.taskorder.starter.web.PageResponse;
import dev.taskorder.starter.web.Query;
import dev.taskorder.starter.web.Shown;
import dev.taskorder.starter.web.Violations;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.net.URI;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** What a tenant may do, in numbered versions: add one, look at them, say which one is in force. */
@RestController
@InRole(Role.API)
@RequestMapping(path = "/v1/tenants/{tenant_id}/policies", produces = MediaType.APPLICATION_JSON_VALUE)
final class PolicyController {
    private static final Pattern VERSION = Pattern.compile("[1-9][0-9]{0,8}");

    private final PolicyAdmin policies;

    PolicyController(PolicyAdmin policies) {
        this.policies = policies;
    }

    @PostMapping
    @Audited(value = "policy.add", object = "policy")
    ResponseEntity<PolicyResponse> add(HttpServletRequest request, @PathVariable("tenant_id") String tenantId)
            throws IOException {
        Query.refuseAny(request);
        Violations violations = new Violations();
        Map<String, @Nullable Object> sent = Fields.ofBody(JsonBody.read(request, Limits.BODY_BYTES_MAX), violations)
                .asMap();
        PolicyRules.check(sent, policies.executors(), violations);
        violations.refuseIfAny();
        Map<String, @Nullable Object> filled = policies.filled(sent);
        PolicyRules.checkPairs(filled, violations);
        violations.refuseIfAny();
        PolicyAdmin.Version added = policies.add(filled);
        return ResponseEntity.created(URI.create("/v1/tenants/" + tenantId + "/policies/" + added.number()))
                .body(PolicyResponse.of(added));
    }

    @GetMapping
    PageResponse<PolicyResponse> list(HttpServletRequest request) {
        PageRequest page = Query.ofPage(request).page();
        return PageResponse.of(policies.list(page), PolicyResponse::of);
    }

    @GetMapping("/{version}")
    PolicyResponse get(HttpServletRequest request, @PathVariable("version") String version) {
        Query.refuseAny(request);
        return shown(policies.find(number(version)));
    }

    @PostMapping("/{version}/activate")
    @Audited(value = "policy.activate", object = "policy")
    PolicyResponse activate(HttpServletRequest request, @PathVariable("version") String version, Caller caller)
            throws IOException {
        Query.refuseAny(request);
        Violations violations = new Violations();
        Fields.ofBody(JsonBody.readOptional(request, Limits.BODY_BYTES_MAX), violations)
                .allowOnly(Set.of(), name -> false);
        violations.refuseIfAny();
        return shown(policies.activate(number(version), caller));
    }

    private static int number(String version) {
        if (!VERSION.matcher(version).matches()) {
            throw new ProblemException(
                    ProblemCode.INVALID_REQUEST,
                    "/version",
                    "must be a whole number from 1 to 999999999, was " + Shown.of(version));
        }
        return Integer.parseInt(version);
    }

    private static PolicyResponse shown(Optional<PolicyAdmin.Version> version) {
        return version.map(PolicyResponse::of)
                .orElseThrow(() -> new ProblemException(ProblemCode.NOT_FOUND, "there is no such policy"));
    }
}
