package dev.taskorder.starter.temporal;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ForwardingClientCall.SimpleForwardingClientCall;
import io.grpc.ForwardingClientCallListener.SimpleForwardingClientCallListener;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import java.io.InputStream;
import java.util.EnumSet;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

/**
 * A poll waits for a connection instead of failing without one, and one that loses its connection brings no task instead
 * of a failure. The SDK counts the failures of all polls of a queue together and doubles its pause with each: when ten
 * are lost at once, nothing would run for a minute after Temporal has come back.
 */
final class PatientPolls implements ClientInterceptor {
    private static final Set<Status.Code> LOST = EnumSet.of(Status.Code.UNAVAILABLE, Status.Code.DEADLINE_EXCEEDED);
    private static final long PAUSE_MS = 200;

    private final Executor later;

    PatientPolls() {
        this(CompletableFuture.delayedExecutor(PAUSE_MS, TimeUnit.MILLISECONDS));
    }

    /** @param later runs what it is given after a pause, so that a server that refuses polls is not asked all the time */
    PatientPolls(Executor later) {
        this.later = later;
    }

    @Override
    public <Q, A> ClientCall<Q, A> interceptCall(MethodDescriptor<Q, A> method, CallOptions options, Channel next) {
        String name = method.getBareMethodName();
        boolean poll = name != null && name.startsWith("Poll") && name.endsWith("TaskQueue");
        if (!poll) {
            return next.newCall(method, options);
        }
        return new SimpleForwardingClientCall<>(next.newCall(method, options.withWaitForReady())) {
            @Override
            public void start(Listener<A> listener, Metadata headers) {
                super.start(patient(listener, method), headers);
            }
        };
    }

    private <A> ClientCall.Listener<A> patient(ClientCall.Listener<A> listener, MethodDescriptor<?, A> method) {
        return new SimpleForwardingClientCallListener<>(listener) {
            @Override
            public void onClose(Status status, Metadata trailers) {
                if (LOST.contains(status.getCode())) {
                    later.execute(() -> {
                        onMessage(method.parseResponse(InputStream.nullInputStream()));
                        super.onClose(Status.OK, trailers);
                    });
                } else {
                    super.onClose(status, trailers);
                }
            }
        };
    }
}
