package dev.taskorder.starter.temporal;

import dev.taskorder.activities.order.OrderIdentities;
import dev.taskorder.activities.order.OrderIdentity;
import dev.taskorder.api.failure.FailureType;
import dev.taskorder.api.order.AttemptRef;
import dev.taskorder.api.order.OrderCommand;
import dev.taskorder.api.order.TaskOrderWorkflow;
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
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The entry of activities: each, local ones included, begins only if the header, the input and the workflow's id name the
 * same tenant, which has the order, and if the workflow is that order's own; and it leaves its thread without a tenant. A
 * header can be forged by whoever may start workflows, so none of the three counts alone. A workflow's threads are left
 * without a tenant, too, for they are pooled like those of activities.
 */
final class ActivityEntry extends WorkerInterceptorBase {
    /** An attempt has one try, and Temporal waits twice as long for its first beat. */
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(5);

    private static final long PAUSE_MS = 200;

    private final TenantContextPropagator tenants;
    private final TraceContextPropagator traces;
    private final OrderIdentities orders;
    private final Refusals refusals;

    ActivityEntry(
            TenantContextPropagator tenants, TraceContextPropagator traces, OrderIdentities orders, Refusals refusals) {
        this.tenants = tenants;
        this.traces = traces;
        this.orders = orders;
        this.refusals = refusals;
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

    private void check(@Nullable ActivityInfo info, ActivityInboundCallsInterceptor.ActivityInput input) {
        Optional<TenantId> header = tenants.tenantOf(input.getHeader().getValues());
        Optional<OrderCommand> command = InputCommand.of(input.getArguments());
        Optional<TenantId> workflow =
                Optional.ofNullable(info).map(ActivityInfo::getWorkflowId).flatMap(WorkflowIds::tenantOf);
        if (info == null
                || header.isEmpty()
                || !header.equals(workflow)
                || !header.equals(command.map(OrderCommand::tenant))) {
            throw refusals.refused(
                    FailureType.TENANT_MISMATCH,
                    info,
                    "header, input and workflow id do not name the same tenant, but " + named(header) + ", "
                            + named(command.map(OrderCommand::tenant)) + " and " + named(workflow));
        }
        check(info, command.orElseThrow());
    }

    private static String named(Optional<TenantId> tenant) {
        return tenant.map(TenantId::value).orElse("none");
    }

    private void check(ActivityInfo info, OrderCommand command) {
        boolean attempt = command instanceof AttemptRef;
        Optional<OrderIdentity> identity = attempt ? patiently(command.taskId()) : orders.find(command.taskId());
        if (identity.isEmpty()) {
            throw refusals.refused(FailureType.ORDER_UNKNOWN, info, "no order " + command.taskId() + " of this tenant");
        }
        boolean own = info.getWorkflowId().equals(identity.get().workflowId())
                && info.getWorkflowType().equals(TaskOrderWorkflow.TYPE)
                && (!attempt || info.getActivityType().equals(identity.get().taskType()));
        if (!own) {
            throw refusals.refused(
                    FailureType.NOT_OF_ORDER,
                    info,
                    "not the workflow, or not an attempt, of order " + command.taskId());
        }
    }

    private Optional<OrderIdentity> patiently(UUID taskId) {
        long end = System.nanoTime() + PATIENCE_NANOS;
        while (true) {
            try {
                return orders.find(taskId);
            } catch (RuntimeException away) {
                if (System.nanoTime() - end >= 0) {
                    throw lost("the store did not answer in time", away);
                }
                pause();
            }
        }
    }

    private static void pause() {
        try {
            TimeUnit.MILLISECONDS.sleep(PAUSE_MS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw lost("the worker's process ends", e);
        }
    }

    private static ApplicationFailure lost(String why, Exception cause) {
        return ApplicationFailure.newFailureWithCause(why, FailureType.EXECUTOR_LOST.name(), cause);
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
                check(info, input);
                return super.execute(input);
            } finally {
                clear();
            }
        }
    }
}
