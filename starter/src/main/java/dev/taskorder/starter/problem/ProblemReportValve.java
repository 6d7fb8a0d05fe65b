package dev.taskorder.starter.problem;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
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
        Problem problem = ProblemHandler.ofStatus(status);
        String traceId = TraceIds.orCurrent(request.getAttribute(TraceIds.KEY));
        try {
            response.setStatus(problem.code().status());
            response.setContentType(Problem.MEDIA_TYPE);
            response.getOutputStream().write(plainDocument(problem, traceId).getBytes(StandardCharsets.UTF_8));
            response.finishResponse();
        } catch (IOException clientGone) {
            container.getLogger().debug("client went away before its problem was written", clientGone);
        }
    }

    /** All parts are constants of ours without a character that JSON escapes. */
    private static String plainDocument(Problem problem, String traceId) {
        StringBuilder json = new StringBuilder("{");
        problem.document(traceId).forEach((name, value) -> json.append(json.length() > 1 ? "," : "")
                .append('"')
                .append(name)
                .append("\":")
                .append(value instanceof Number ? value.toString() : "\"" + value + "\""));
        return json.append('}').toString();
    }
}
