package dev.taskorder.starter.temporal;

import dev.taskorder.api.audit.AuditLog;
import dev.taskorder.api.audit.AuditOutcome;
import dev.taskorder.api.audit.AuditRecord;
import dev.taskorder.api.audit.AuditRecord.AuditObject;
import dev.taskorder.api.audit.AuditRecord.AuditOrigin;
import dev.taskorder.api.failure.FailureType;
import dev.taskorder.api.order.WorkflowIds;
import dev.taskorder.api.principal.ReservedNames;
import dev.taskorder.api.tenant.TenantView;
import dev.taskorder.api.tenant.Tenants;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.temporal.activity.ActivityInfo;
import io.temporal.failure.ApplicationFailure;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

/**
 * Tells of activities that were refused at their entry: each in the log and in a metric, and in the audit log of the tenant
 * whose name the workflow's id bears, once an hour for each reason. So whoever starts workflows by hand is seen there, and
 * cannot fill it.
 */
final class Refusals {
    private static final Logger log = LoggerFactory.getLogger(Refusals.class);
    private static final int ID_CHARS_MAX = 255;
    private static final List<FailureType> REASONS =
            List.of(FailureType.TENANT_MISMATCH, FailureType.ORDER_UNKNOWN, FailureType.NOT_OF_ORDER);

    private final Tenants tenants;
    private final AuditLog audit;
    private final MeterRegistry metrics;

    Refusals(Tenants tenants, AuditLog audit, MeterRegistry metrics) {
        this.tenants = tenants;
        this.audit = audit;
        this.metrics = metrics;
        // all from the start, for what is first seen at 1 is no increase
        REASONS.forEach(reason -> count(reason, 0));
    }

    /**
     * What the activity fails with, so that no retry follows and its workflow ends.
     *
     * @throws RuntimeException if it cannot be written down: then the activity is asked for again, and refused again
     */
    ApplicationFailure refused(FailureType reason, @Nullable ActivityInfo info, String why) {
        String workflowId = info == null ? "" : plain(info.getWorkflowId());
        String activity = info == null ? "" : plain(info.getActivityType());
        log.warn("refused, nothing was done: {} workflow={} activity={}", why, workflowId, activity);
        count(reason, 1);
        if (info != null) {
            WorkflowIds.tenantOf(info.getWorkflowId())
                    .flatMap(tenants::find)
                    .map(TenantView::tenantId)
                    .ifPresent(owner -> audit.writeOncePerHourFor(owner, act(reason, workflowId)));
        }
        return ApplicationFailure.newNonRetryableFailure(why, reason.name());
    }

    private static AuditRecord act(FailureType reason, String workflowId) {
        String code = code(reason);
        return new AuditRecord(
                ReservedNames.TEMPORAL,
                null,
                null,
                "workflow." + code,
                new AuditObject("workflow", workflowId),
                AuditOutcome.REFUSED,
                code,
                new AuditOrigin(null, MDC.get(TraceContextPropagator.MDC_KEY)));
    }

    private void count(FailureType reason, int more) {
        Counter.builder("taskorder.activities.refused")
                .description("Steps and attempts that were asked for by a workflow that is not their order's own")
                .tag("code", code(reason))
                .register(metrics)
                .increment(more);
    }

    private static String code(FailureType reason) {
        return reason.name().toLowerCase(Locale.ROOT);
    }

    /** Whoever starts a workflow chooses its id: no line breaks, and nothing that the database cannot keep. */
    private static String plain(String text) {
        String cut = text.length() <= ID_CHARS_MAX ? text : text.substring(0, ID_CHARS_MAX);
        return cut.replaceAll("[\\p{Cntrl}\\p{Cs}]", "?");
    }
}
