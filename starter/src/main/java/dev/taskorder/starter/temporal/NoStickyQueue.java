package dev.taskorder.starter.temporal;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ForwardingClientCall.SimpleForwardingClientCall;
import io.grpc.MethodDescriptor;
import io.temporal.api.workflowservice.v1.RespondWorkflowTaskCompletedRequest;

/**
 * For the in-JVM server only: it never times a sticky queue out, so a workflow cached by a worker that went away would
 * stall for ever. Without sticky queues each task carries the whole history, which is short.
 */
final class NoStickyQueue implements ClientInterceptor {
    @Override
    public <Q, A> ClientCall<Q, A> interceptCall(MethodDescriptor<Q, A> method, CallOptions options, Channel next) {
        return new SimpleForwardingClientCall<>(next.newCall(method, options)) {
            @Override
            @SuppressWarnings("unchecked") // the same message, less one field
            public void sendMessage(Q message) {
                super.sendMessage(
                        message instanceof RespondWorkflowTaskCompletedRequest done
                                ? (Q) done.toBuilder().clearStickyAttributes().build()
                                : message);
            }
        };
    }
}
