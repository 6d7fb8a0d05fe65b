package dev.taskorder.starter.temporal;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.MethodDescriptor;

/**
 * A poll waits for a connection instead of failing without one. Failing polls back off for up to a minute, and for that
 * long nothing would run after Temporal has come back.
 */
final class PatientPolls implements ClientInterceptor {
    @Override
    public <Q, A> ClientCall<Q, A> interceptCall(MethodDescriptor<Q, A> method, CallOptions options, Channel next) {
        String name = method.getBareMethodName();
        boolean poll = name != null && name.startsWith("Poll") && name.endsWith("TaskQueue");
        return next.newCall(method, poll ? options.withWaitForReady() : options);
    }
}
