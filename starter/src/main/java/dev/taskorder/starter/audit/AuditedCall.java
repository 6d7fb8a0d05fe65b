package dev.taskorder.starter.audit;

import dev.taskorder.api.audit.AuditOutcome;
import dev.taskorder.api.audit.AuditRecord;
import dev.taskorder.api.audit.AuditRecord.AuditObject;
import dev.taskorder.api.audit.AuditRecord.AuditOrigin;
import dev.taskorder.api.principal.Principal;
import dev.taskorder.api.tenant.TenantContext;
import dev.taskorder.starter.web.Audited;
import dev.taskorder.starter.web.AuditedAnswer;
import dev.taskorder.starter.web.RequestCaller;
import dev.taskorder.starter.web.RequestPrincipal;
import jakarta.servlet.http.HttpServletRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpMethod;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.servlet.HandlerMapping;

/**
 * A call and what it was answered with, as the audit log looks at it.
 *
 * @param body what is about to be sent; null if nothing is
 */
record AuditedCall(
        HttpServletRequest request, int status, @Nullable Object body) {
    private static final String OF_ORDERS = "/v1/task-orders";
    private static final Pattern VARIABLE = Pattern.compile("\\{([a-z_]+)}");
    private static final int REFUSED = 403;
    private static final int FAULT = 500;
    private static final int ID_CHARS_MAX = 512;
    /** Refusals that stand in the log whatever was called: the caller has not the role, or named another's tenant. */
    static final Set<String> OF_ROLE_OR_TENANT = Set.of("forbidden", "tenant_mismatch");

    private static final Set<String> READING = Set.of("GET", "HEAD", "OPTIONS");

    boolean isDone() {
        return status < 400;
    }

    /** Whether the entry is of a call that was refused for its caller's role or tenant. */
    static boolean isOfRoleOrTenant(AuditRecord act) {
        String code = act.code();
        return act.outcome() == AuditOutcome.REFUSED && code != null && OF_ROLE_OR_TENANT.contains(code);
    }

    /** The entry for this call; nothing for one that changes nothing and was let in. */
    Optional<AuditRecord> act() {
        Audited named = audited();
        AuditOutcome outcome = outcome();
        if (outcome == null || (!isChange() && !OF_ROLE_OR_TENANT.contains(code()))) {
            return Optional.empty();
        }
        if (named == null) {
            String action = request.getMethod() + " " + pattern();
            return Optional.of(record(action, null, outcome));
        }
        return Optional.of(record(named.value(), new AuditObject(named.object(), objectId()), outcome));
    }

    /**
     * That an operator looks at something of the bound tenant, which is not its own (spec, A: acting for a tenant is audited). Known
     * before the call is answered; the log says it once an hour.
     */
    Optional<AuditRecord> operatorsLook() {
        return isReading() && isByAnothersOperator() ? Optional.of(look()) : Optional.empty();
    }

    /**
     * That an operator did something for the bound tenant that has no entry of its own: it changed orders, whose own events say what,
     * or asked for a change in vain, and what it was refused with tells of the tenant. The log says it once an hour.
     */
    Optional<AuditRecord> operatorsAct() {
        if (isReading() || status >= FAULT || !isByAnothersOperator() || act().isPresent()) {
            return Optional.empty();
        }
        return Optional.of(
                isDone()
                        ? record("task_order.change", new AuditObject("task_order", null), AuditOutcome.DONE)
                        : look());
    }

    private AuditRecord look() {
        return record(
                "tenant.read",
                new AuditObject("tenant", TenantContext.required().value()),
                AuditOutcome.DONE);
    }

    /** By one who may be told something: what may be asked, and what is asked of nobody, tells nothing. */
    private boolean isByAnothersOperator() {
        Principal caller = RequestPrincipal.required(request);
        return caller.isOperator()
                && !caller.tenant().equals(TenantContext.required())
                && !HttpMethod.OPTIONS.matches(request.getMethod())
                && !pattern().isEmpty();
    }

    private AuditRecord record(String action, @Nullable AuditObject object, AuditOutcome outcome) {
        return new AuditRecord(
                RequestCaller.of(request).actor(),
                RequestCaller.role(request),
                RequestCaller.keyId(request),
                action,
                object,
                outcome,
                outcome == AuditOutcome.REFUSED ? code() : null,
                new AuditOrigin(request.getRemoteAddr(), RequestCaller.traceId(request)));
    }

    /** Null for a call that ended before it could change anything, by its own fault or because we were away. */
    private @Nullable AuditOutcome outcome() {
        if (isDone()) {
            return AuditOutcome.DONE;
        }
        return status == REFUSED ? AuditOutcome.REFUSED : status == FAULT ? AuditOutcome.FAILED : null;
    }

    /** Not of orders: their own events tell of what was done to them, and one that was refused leaves nothing to look up. */
    private boolean isChange() {
        return !isReading() && !isOfOrders() && !pattern().isEmpty();
    }

    private boolean isReading() {
        return READING.contains(request.getMethod());
    }

    /** Whoever cancels many by a filter leaves an entry of the operation. */
    private boolean isOfOrders() {
        return pattern().startsWith(OF_ORDERS) && audited() == null;
    }

    private String pattern() {
        Object pattern = request.getAttribute(HandlerMapping.BEST_MATCHING_PATTERN_ATTRIBUTE);
        return pattern == null ? "" : pattern.toString();
    }

    private @Nullable Audited audited() {
        return request.getAttribute(HandlerMapping.BEST_MATCHING_HANDLER_ATTRIBUTE) instanceof HandlerMethod method
                ? method.getMethodAnnotation(Audited.class)
                : null;
    }

    private String code() {
        return body instanceof Map<?, ?> problem && problem.get("code") instanceof String code ? code : "";
    }

    private @Nullable String objectId() {
        if (body instanceof AuditedAnswer answer) {
            return answer.idOfObject();
        }
        List<String> ids = new ArrayList<>();
        if (request.getAttribute(HandlerMapping.URI_TEMPLATE_VARIABLES_ATTRIBUTE) instanceof Map<?, ?> values) {
            Matcher variable = VARIABLE.matcher(pattern());
            while (variable.find()) {
                ids.add(String.valueOf(values.get(variable.group(1))));
            }
        }
        return ids.isEmpty() ? null : shown(String.join("/", ids));
    }

    /** A path may hold anything, and more of it than anybody wants to read. */
    private static String shown(String id) {
        String clean = id.replaceAll("[^!-~]", "\uFFFD");
        return clean.length() > ID_CHARS_MAX ? clean.substring(0, ID_CHARS_MAX) : clean;
    }
}
