package dev.taskorder.starter.temporal;

import dev.taskorder.api.failure.FailureType;
import dev.taskorder.api.order.WorkflowIds;
import dev.taskorder.api.tenant.TenantId;
import dev.taskorder.starter.tenant.TenantContextPropagator;
import io.temporal.activity.ActivityExecutionContext;
import io.temporal.activity.ActivityInfo;
import io.temporal.common.interceptors.ActivityInboundCallsInterceptor;
import io.temporal.common.interceptors.ActivityInboundCallsInterceptorBase;
import io.temporal.common.interceptors.WorkerInterceptorBase;
import io.temporal.common.interceptors.WorkflowInboundCallsInterceptor;
import io.temporal.common.interceptors.WorkflowInboundCallsInterceptorBase;
import io.temporal.failure.ApplicationFailure;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Every activity, local ones included, begins only if the header, the input and the workflow's id name the same tenant,
 * and leaves its thread without one. A header can be forged by whoever may start workflows, so none of the three counts
 * alone. A workflow's threads are left without one, too, for they are pooled like those of activities.
 */
final class ActivityEntry extends WorkerInterceptorBase {
    private static final Logger log = LoggerFactory.getLogger(ActivityEntry.class);

    private final TenantContextPropagator tenants;
    private final TraceContextPropagator traces;

    ActivityEntry(TenantContextPropagator tenants, TraceContextPropagator traces) {
        this.tenants = tenants;
        this.traces = traces;
    }

    @Override
    public ActivityInboundCallsInterceptor interceptActivity(ActivityInboundCallsInterceptor next) {
        return new Checked(next);
    }

    @Override
    public WorkflowInboundCallsInterceptor interceptWorkflow(WorkflowInboundCallsInterceptor next) {
        return new WorkflowInboundCallsInterceptorBase(next) {
            @Override
            public Object newWorkflowMethodThread(Runnable work, @Nullable String name) {
                Object thread = super.newWorkflowMethodThread(clearing(work), name);
                clear(); // the thread that makes this one does nothing else, and is pooled, too
                return thread;
            }

            @Override
            public Object newCallbackThread(Runnable work, @Nullable String name) {
                return super.newCallbackThread(clearing(work), name);
            }
        };
    }

    private Runnable clearing(Runnable work) {
        return () -> {
            try {
                work.run();
            } finally {
                clear();
            }
        };
    }

    private void clear() {
        tenants.clear();
        traces.setCurrentContext(null);
    }

    private void require(@Nullable ActivityInfo info, ActivityInboundCallsInterceptor.ActivityInput input) {
        Optional<TenantId> header = tenants.tenantOf(input.getHeader().getValues());
        Optional<TenantId> argument = InputTenant.of(input.getArguments());
        Optional<TenantId> workflow =
                Optional.ofNullable(info).map(ActivityInfo::getWorkflowId).flatMap(WorkflowIds::tenantOf);
        if (header.isEmpty() || !header.equals(argument) || !header.equals(workflow)) {
            log.warn(
                    "tenant mismatch, nothing was done workflow={} activity={} header={} input={} workflow_tenant={}",
                    info == null ? null : info.getWorkflowId(),
                    info == null ? null : info.getActivityType(),
                    header.orElse(null),
                    argument.orElse(null),
                    workflow.orElse(null));
            throw ApplicationFailure.newNonRetryableFailure(
                    "header, input and workflow id do not name the same tenant", FailureType.TENANT_MISMATCH.name());
        }
    }

    private final class Checked extends ActivityInboundCallsInterceptorBase {
        private @Nullable ActivityInfo info;

        Checked(ActivityInboundCallsInterceptor next) {
            super(next);
        }

        @Override
        public void init(ActivityExecutionContext context) {
            info = context.getInfo();
            super.init(context);
        }

        @Override
        public ActivityOutput execute(ActivityInput input) {
            try {
                require(info, input);
                return super.execute(input);
            } finally {
                clear();
            }
        }
    }
}
