package dev.taskorder.starter.tenant;

import dev.taskorder.api.audit.AuditOutcome;
import dev.taskorder.api.audit.AuditRecord;
import dev.taskorder.api.audit.AuditRecord.AuditOrigin;
import dev.taskorder.api.principal.Principal;
import dev.taskorder.api.tenant.TenantId;
import dev.taskorder.api.tenant.TenantView;
import dev.taskorder.api.tenant.Tenants;
import dev.taskorder.starter.audit.RefusedCalls;
import dev.taskorder.starter.problem.ProblemCode;
import dev.taskorder.starter.problem.ProblemException;
import dev.taskorder.starter.web.RequestCaller;
import dev.taskorder.starter.web.RequestPrincipal;
import dev.taskorder.starter.web.Shown;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Which tenant a request acts for: its caller's own, or the one that an operator names by path or header. */
final class ActedTenant {
    static final String HEADER = "tenant";

    /** The {@link TenantView} of the request, for what else looks at it before a handler does. */
    static final String ATTRIBUTE = ActedTenant.class.getName();

    private static final String SHAPE = "1 to 63 of a-z, 0-9, '_' and '-', starting with a letter";

    private final Authentication callers;
    private final RefusedCalls refusals;
    private final Tenants tenants;

    ActedTenant(Authentication callers, RefusedCalls refusals, Tenants tenants) {
        this.callers = callers;
        this.refusals = refusals;
        this.tenants = tenants;
    }

    /**
     * It, known to exist unless the call makes it; null for an operator's call that is about no tenant in particular.
     *
     * @throws ProblemException if there is none, or not for this caller
     */
    @Nullable
    TenantId of(HttpServletRequest request) {
        if (request.getAttribute(ATTRIBUTE) instanceof TenantView found) {
            return found.tenantId();
        }
        Principal caller =
                callers.principalOf(request).orElseThrow(() -> refusal(ProblemCode.UNAUTHENTICATED, "is needed"));
        RequestPrincipal.keep(request, caller);
        Optional<String> inPath = PathTenant.in(request);
        if (inPath.isPresent()) {
            return caller.isOperator()
                    ? ofOperatorsPath(request, inPath.get())
                    : ofOwnPath(request, caller, inPath.get());
        }
        if (PathTenant.isOfAll(request) && caller.isOperator()) {
            return null;
        }
        if (PathTenant.isOfControl(request) && caller.isOperator()) {
            return TenantId.SYSTEM;
        }
        TenantId named = ofHeader(caller, request);
        return existing(request, named)
                .orElseThrow(() -> refusal(ProblemCode.TENANT_UNKNOWN, "names no tenant: '" + named.value() + "'"));
    }

    /** A foreign one is as one that is not there, and that it was asked for is written down either way. */
    private TenantId ofOwnPath(HttpServletRequest request, Principal caller, String text) {
        TenantId own = caller.tenant();
        if (!own.value().equals(text)) {
            refusals.writeFor(own, mismatch(request));
            throw noSuchTenant();
        }
        return existing(request, ofHeader(caller, request)).orElseThrow(ActedTenant::noSuchTenant);
    }

    /** One that is not there yet is bound for the call that makes it. */
    private TenantId ofOperatorsPath(HttpServletRequest request, String text) {
        if (text.equals(TenantId.SYSTEM.value()) && PathTenant.isOfKeys(request)) {
            return existing(request, TenantId.SYSTEM).orElseThrow(ActedTenant::noSuchTenant);
        }
        boolean isMade = PathTenant.isMade(request);
        if (!TenantId.isWellFormed(text)) {
            throw isMade
                    ? new ProblemException(
                            ProblemCode.INVALID_REQUEST, "/tenant_id", "must be " + SHAPE + ", was " + Shown.of(text))
                    : noSuchTenant();
        }
        TenantId tenant = new TenantId(text);
        Optional<TenantId> there = existing(request, tenant);
        return isMade ? tenant : there.orElseThrow(ActedTenant::noSuchTenant);
    }

    private TenantId ofHeader(Principal caller, HttpServletRequest request) {
        List<String> headers = Collections.list(request.getHeaders(HEADER));
        if (headers.isEmpty() && !caller.isOperator()) {
            return caller.tenant();
        }
        if (caller.isOperator() && PathTenant.isOfAudit(request) && headers.equals(List.of(TenantId.SYSTEM.value()))) {
            return TenantId.SYSTEM; // what was done to operators' keys stands there
        }
        TenantId named = named(headers);
        if (!caller.isOperator() && !caller.tenant().equals(named)) {
            refusals.writeFor(caller.tenant(), mismatch(request));
            throw refusal(
                    ProblemCode.TENANT_MISMATCH,
                    "must be the caller's own tenant, or be left out, was " + Shown.of(named.value()));
        }
        return named;
    }

    private Optional<TenantId> existing(HttpServletRequest request, TenantId tenant) {
        Optional<TenantView> found = tenants.find(tenant);
        found.ifPresent(view -> request.setAttribute(ATTRIBUTE, view));
        return found.map(TenantView::tenantId);
    }

    /** The path is not told as it was sent: what is in it may be another tenant's. */
    static AuditRecord mismatch(HttpServletRequest request) {
        return new AuditRecord(
                RequestCaller.of(request).actor(),
                RequestCaller.role(request),
                RequestCaller.keyId(request),
                "tenant.name",
                null,
                AuditOutcome.REFUSED,
                "tenant_mismatch",
                new AuditOrigin(request.getRemoteAddr(), RequestCaller.traceId(request)));
    }

    static ProblemException noSuchTenant() {
        return new ProblemException(ProblemCode.NOT_FOUND, "there is no such tenant");
    }

    private static TenantId named(List<String> headers) {
        if (headers.isEmpty() || headers.get(0).isBlank()) {
            throw refusal(ProblemCode.TENANT_REQUIRED, "is required, as a header");
        }
        if (headers.size() > 1) {
            throw refusal(ProblemCode.INVALID_REQUEST, "must be there once, as a header");
        }
        if (!TenantId.isWellFormed(headers.get(0))) {
            throw refusal(ProblemCode.INVALID_REQUEST, "must be " + SHAPE + ", was " + Shown.of(headers.get(0)));
        }
        return new TenantId(headers.get(0));
    }

    private static ProblemException refusal(ProblemCode code, String message) {
        return new ProblemException(code, "/" + HEADER, message);
    }
}
