package dev.taskorder.trials;

import io.temporal.common.interceptors.WorkerInterceptorBase;
import io.temporal.common.interceptors.WorkflowInboundCallsInterceptor;
import io.temporal.common.interceptors.WorkflowInboundCallsInterceptorBase;
import io.temporal.workflow.Workflow;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeoutException;

/** Sees workflows end in their worker, without a question to the server that is being measured. */
final class Completions extends WorkerInterceptorBase {
    private final Set<String> ended = ConcurrentHashMap.newKeySet();

    /** Returns when so many workflows have ended since the last call. */
    synchronized void await(int count, Duration patience) throws InterruptedException, TimeoutException {
        long deadline = System.nanoTime() + patience.toNanos();
        while (ended.size() < count) {
            long leftMs = (deadline - System.nanoTime()) / 1_000_000;
            if (leftMs <= 0) {
                throw new TimeoutException(ended.size() + " of " + count + " workflows ended within " + patience);
            }
            wait(leftMs);
        }
        ended.clear();
    }

    @Override
    public WorkflowInboundCallsInterceptor interceptWorkflow(WorkflowInboundCallsInterceptor next) {
        return new WorkflowInboundCallsInterceptorBase(next) {
            @Override
            public WorkflowOutput execute(WorkflowInput input) {
                WorkflowOutput output = super.execute(input);
                // a set, for a replay ends a second time
                arrived(Workflow.getInfo().getWorkflowId());
                return output;
            }
        };
    }

    private synchronized void arrived(String workflowId) {
        ended.add(workflowId);
        notifyAll();
    }
}
