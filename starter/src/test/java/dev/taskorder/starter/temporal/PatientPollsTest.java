package dev.taskorder.starter.temporal;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.temporal.api.workflowservice.v1.PollActivityTaskQueueResponse;
import io.temporal.api.workflowservice.v1.WorkflowServiceGrpc;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class PatientPollsTest {
    private final List<Object> messages = new ArrayList<>();
    private final List<Status> ends = new ArrayList<>();

    @ParameterizedTest
    @EnumSource(
            value = Status.Code.class,
            names = {"UNAVAILABLE", "DEADLINE_EXCEEDED"})
    void a_poll_that_loses_its_connection_brings_no_task(Status.Code code) {
        call(WorkflowServiceGrpc.getPollActivityTaskQueueMethod(), code.toStatus());
        assertThat(messages).containsExactly(PollActivityTaskQueueResponse.getDefaultInstance());
        assertThat(ends).containsExactly(Status.OK);
    }

    @Test
    void a_poll_that_is_refused_fails() {
        call(WorkflowServiceGrpc.getPollWorkflowTaskQueueMethod(), Status.PERMISSION_DENIED);
        assertThat(messages).isEmpty();
        assertThat(ends).containsExactly(Status.PERMISSION_DENIED);
    }

    @Test
    void any_other_call_fails_as_it_does() {
        call(WorkflowServiceGrpc.getStartWorkflowExecutionMethod(), Status.UNAVAILABLE);
        assertThat(messages).isEmpty();
        assertThat(ends).containsExactly(Status.UNAVAILABLE);
    }

    /** A call whose connection ends so. */
    private <Q, A> void call(MethodDescriptor<Q, A> method, Status end) {
        new PatientPolls(Runnable::run)
                .interceptCall(method, CallOptions.DEFAULT, new Ending(end))
                .start(
                        new ClientCall.Listener<>() {
                            @Override
                            public void onMessage(A message) {
                                messages.add(message);
                            }

                            @Override
                            public void onClose(Status status, Metadata trailers) {
                                ends.add(status);
                            }
                        },
                        new Metadata());
    }

    private static final class Ending extends Channel {
        private final Status end;

        Ending(Status end) {
            this.end = end;
        }

        @Override
        public String authority() {
            return "nobody";
        }

        @Override
        public <Q, A> ClientCall<Q, A> newCall(MethodDescriptor<Q, A> method, CallOptions options) {
            return new ClientCall<>() {
                @Override
                public void start(Listener<A> listener, Metadata headers) {
                    listener.onClose(end, new Metadata());
                }

                @Override
                public void request(int count) {}

                @Override
                public void cancel(String message, Throwable cause) {}

                @Override
                public void halfClose() {}

                @Override
                public void sendMessage(Q message) {}
            };
        }
    }
}
