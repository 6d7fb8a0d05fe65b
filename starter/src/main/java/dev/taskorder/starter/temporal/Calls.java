package dev.taskorder.starter.temporal;

import dev.taskorder.activities.thread.OwnThreads;
import io.grpc.Context;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.temporal.api.errordetails.v1.NamespaceNotFoundFailure;
import io.temporal.serviceclient.StatusUtils;
import java.util.Locale;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Calls to Temporal that must not outlive a dispatcher's claim, and what their failures mean. */
final class Calls implements AutoCloseable {
    private static final int SECONDS_MAX = 5;

    private final ScheduledExecutorService deadlines =
            Executors.newSingleThreadScheduledExecutor(OwnThreads.daemons("taskorder-call-deadlines"));

    /** Makes the call, with the SDK's retries, for at most some seconds. */
    <T> T bounded(Supplier<T> call) {
        Context.CancellableContext context =
                Context.current().withDeadlineAfter(SECONDS_MAX, TimeUnit.SECONDS, deadlines);
        Context before = context.attach();
        try {
            return call.get();
        } finally {
            context.detach(before);
            context.cancel(null);
        }
    }

    @Override
    public void close() {
        deadlines.shutdownNow();
    }

    /** Whether Temporal did not answer, as opposed to having said no; one without our namespace is not ours yet. */
    static boolean isAway(Throwable failure) {
        Status.Code code = codeOf(failure);
        return code == Status.Code.UNAVAILABLE
                || code == Status.Code.DEADLINE_EXCEEDED
                || code == Status.Code.CANCELLED
                || isNamespaceMissing(failure);
    }

    private static boolean isNamespaceMissing(Throwable failure) {
        StatusRuntimeException status = statusOf(failure);
        return status != null
                && status.getTrailers() != null
                && StatusUtils.hasFailure(status, NamespaceNotFoundFailure.class);
    }

    /** What Temporal, or the way to it, said. */
    static String wordsOf(Throwable failure) {
        StatusRuntimeException status = statusOf(failure);
        return String.valueOf((status == null ? failure : status).getMessage());
    }

    /** Whether Temporal refused the start for a search attribute that its namespace does not know. */
    static boolean isAboutSearchAttributes(Throwable failure) {
        StatusRuntimeException status = statusOf(failure);
        // No detail of the answer tells it: the words are all there is.
        return status != null
                && status.getStatus().getCode() == Status.Code.INVALID_ARGUMENT
                && String.valueOf(status.getStatus().getDescription())
                        .toLowerCase(Locale.ROOT)
                        .contains("search attribute");
    }

    private static Status.@Nullable Code codeOf(Throwable failure) {
        StatusRuntimeException status = statusOf(failure);
        return status == null ? null : status.getStatus().getCode();
    }

    private static @Nullable StatusRuntimeException statusOf(@Nullable Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof StatusRuntimeException status) {
                return status;
            }
        }
        return null;
    }
}
