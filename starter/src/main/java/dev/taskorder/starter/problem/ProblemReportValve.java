package dev.taskorder.starter.problem;

import java.io.IOException;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.valves.ErrorReportValve;
import org.jspecify.annotations.Nullable;

/** Answers what the container refuses before any filter runs, such as a request line it cannot read. */
final class ProblemReportValve extends ErrorReportValve {
    ProblemReportValve() {
        setShowReport(false);
        setShowServerInfo(false);
    }

    @Override
    protected void report(Request request, Response response, @Nullable Throwable throwable) {
        int status = response.getStatus();
        // the second condition marks the response as reported, so that it is written once
        if (status < 400 || response.getContentWritten() > 0 || !response.setErrorReported()) {
            return;
        }
        Problem problem = ContainerRefusal.of(request, response, throwable);
        String traceId = TraceIds.orCurrent(request.getAttribute(TraceIds.KEY));
        SecurityHeaders.set(request, response);
        try {
            ProblemWriter.write(problem, traceId, response);
            response.finishResponse();
        } catch (IOException clientGone) {
            container.getLogger().debug("client went away before its problem was written", clientGone);
        }
    }
}
