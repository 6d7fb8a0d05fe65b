package dev.taskorder.starter.temporal;

import dev.taskorder.activities.dispatch.SignalDue;
import dev.taskorder.activities.dispatch.SignalDue.Signal;
import dev.taskorder.api.order.ReprioritiseSignal;
import dev.taskorder.api.order.WorkflowIds;
import dev.taskorder.api.tenant.TenantContext;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowNotFoundException;
import io.temporal.client.WorkflowServiceException;
import io.temporal.client.WorkflowStub;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Sends signals to the workflow of an order, whichever run of it is there. */
final class OrderSignaller {
    private static final Logger log = LoggerFactory.getLogger(OrderSignaller.class);

    private final WorkflowClient client;
    private final Calls calls;

    OrderSignaller(WorkflowClient client, Calls calls) {
        this.client = client;
        this.calls = calls;
    }

    /**
     * Sends the signal, on a thread that the order's tenant is bound to.
     *
     * @return whether a workflow runs that has it now
     * @throws WorkflowServiceException if Temporal is away or says no
     */
    boolean send(SignalDue due) {
        String id = WorkflowIds.of(TenantContext.required(), due.env(), due.idempotencyKey());
        WorkflowStub workflow = client.newUntypedWorkflowStub(id);
        try {
            return calls.bounded(() -> {
                send(workflow, due.signal());
                return true;
            });
        } catch (WorkflowNotFoundException e) {
            if (Calls.isAway(e)) {
                throw e;
            }
            log.debug("no such workflow runs task={} signal={}", due.taskId(), due.signal());
            return false;
        }
    }

    private static void send(WorkflowStub workflow, Signal signal) {
        if (signal instanceof Signal.Cancel cancel) {
            workflow.signal("cancel", cancel.payload());
        } else if (signal instanceof Signal.Reprioritised) {
            workflow.signal("reprioritise", ReprioritiseSignal.SHOW);
        } else {
            workflow.signal("wake");
        }
    }
}
