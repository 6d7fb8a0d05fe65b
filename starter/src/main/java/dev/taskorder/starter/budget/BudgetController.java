package dev.taskorder.starter.budget;

import dev.taskorder.api.budget.BudgetKey;
import dev.taskorder.api.budget.BudgetPeriod;
import dev.taskorder.api.budget.BudgetScope;
import dev.taskorder.api.budget.BudgetSpec;
import dev.taskorder.api.budget.Budgets;
import dev.taskorder.api.order.Limits;
import dev.taskorder.api.policy.Policies;
import dev.taskorder.api.policy.Policy;
import dev.taskorder.api.tenant.Caller;
import dev.taskorder.api.tenant.TenantContext;
import dev.taskorder.starter.problem.ProblemCode;
import dev.taskorder.starter.problem.ProblemException;
import dev.taskorder.starter.role.InRole;
import dev.taskorder.starter.role.Role;
import dev.taskorder.starter.web.Audited;
import dev.taskorder.starter.web.Fields;
import dev.taskorder.starter.web.JsonBody;
import dev.taskorder.starter.web.PathIds;
import dev.taskorder.starter.web.Query;
import dev.taskorder.starter.web.Shown;
import dev.taskorder.starter.web.TextRule;
import dev.taskorder.starter.web.Violations;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.math.BigDecimal;
import java.net.URI;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** What projects, and the tenant, may spend: set it, look at what is left. */
@RestController
@InRole(Role.API)
@RequestMapping(path = "/v1/budgets/{scope}/{id}", produces = MediaType.APPLICATION_JSON_VALUE)
final class BudgetController {
    private static final String DEFAULT_ENV = "prod";
    private static final int CREATED = 201;
    private static final int REPLACED = 200;
    private static final Set<String> FIELDS = Set.of("limit", "currency", "period");
    private static final Set<String> COMPUTED =
            Set.of("scope", "id", "env", "posted", "held", "overrun", "remaining", "period_start", "period_end");
    private static final List<String> SCOPES =
            Arrays.stream(BudgetScope.values()).map(BudgetScope::word).toList();
    private static final Set<String> PERIODS = Arrays.stream(BudgetPeriod.values())
            .map(BudgetPeriod::word)
            .collect(Collectors.toCollection(LinkedHashSet::new));

    private final Budgets budgets;
    private final Policies policies;

    BudgetController(Budgets budgets, Policies policies) {
        this.budgets = budgets;
        this.policies = policies;
    }

    @PutMapping
    @Audited(value = "budget.put", object = "budget")
    ResponseEntity<BudgetResponse> put(
            HttpServletRequest request,
            @PathVariable("scope") String scope,
            @PathVariable("id") String id,
            Caller caller)
            throws IOException {
        BudgetKey key = key(request, scope, id);
        BudgetSpec budget = read(request, key);
        checkPermitted(key);
        Budgets.Put put = budgets.put(budget, caller);
        ResponseEntity.BodyBuilder answer = ResponseEntity.status(put.created() ? CREATED : REPLACED);
        if (put.created()) {
            answer.location(URI.create("/v1/budgets/" + key.scope().word() + "/" + key.id() + "?env=" + key.env()));
        }
        return answer.body(BudgetResponse.of(put.budget()));
    }

    @GetMapping
    BudgetResponse get(HttpServletRequest request, @PathVariable("scope") String scope, @PathVariable("id") String id) {
        return budgets.find(key(request, scope, id)).map(BudgetResponse::of).orElseThrow(BudgetController::notFound);
    }

    /** Which budget the address names; the tenant's own budget is the only one of its scope. */
    private static BudgetKey key(HttpServletRequest request, String scope, String id) {
        String env = Query.text(request, "env", TextRule.ENV, DEFAULT_ENV);
        BudgetKey key = new BudgetKey(env, scope(scope), PathIds.text("id", id, TextRule.NAME));
        if (key.scope() == BudgetScope.TENANT
                && !key.id().equals(TenantContext.required().value())) {
            throw notFound();
        }
        return key;
    }

    private static BudgetScope scope(String word) {
        if (!SCOPES.contains(word)) {
            throw new ProblemException(
                    ProblemCode.INVALID_REQUEST,
                    "/scope",
                    "must be one of " + String.join(", ", SCOPES) + ", was " + Shown.of(word));
        }
        return BudgetScope.of(word);
    }

    private static BudgetSpec read(HttpServletRequest request, BudgetKey key) throws IOException {
        Violations violations = new Violations();
        Fields fields = Fields.ofBody(JsonBody.read(request, Limits.BODY_BYTES_MAX), violations);
        fields.allowOnly(FIELDS, COMPUTED::contains);
        BigDecimal limit = fields.amount("limit");
        String currency = fields.text("currency", TextRule.CURRENCY);
        String period = fields.choice("period", PERIODS);
        violations.refuseIfAny();
        return new BudgetSpec(key, limit, currency, BudgetPeriod.of(period));
    }

    /** As with assets: what is there already may be put again, or nobody could change it under a policy that was narrowed. */
    private void checkPermitted(BudgetKey key) {
        Policy policy = policies.active().policy();
        if (!policy.allowsEnv(key.env()) && budgets.find(key).isEmpty()) {
            throw new ProblemException(
                    ProblemCode.NOT_ALLOWED_BY_POLICY,
                    "/env",
                    "'" + key.env() + "' is not among the policy's envs " + policy.envs());
        }
    }

    private static ProblemException notFound() {
        return new ProblemException(ProblemCode.NOT_FOUND, "there is no such budget");
    }
}
