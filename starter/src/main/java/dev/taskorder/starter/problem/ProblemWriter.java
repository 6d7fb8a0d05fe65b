package dev.taskorder.starter.problem;

import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import tools.jackson.databind.json.JsonMapper;

/** Writes a problem document where there is no controller: in a filter, in the container. */
public final class ProblemWriter {
    private static final JsonMapper JSON = new JsonMapper();

    private ProblemWriter() {}

    /** Ends the response with the problem, under the trace of this thread's request. */
    public static void write(Problem problem, HttpServletResponse response) throws IOException {
        write(problem, TraceIds.current(), response);
    }

    static void write(Problem problem, String traceId, HttpServletResponse response) throws IOException {
        response.setStatus(problem.code().status());
        problem.headers().forEach(response::setHeader);
        response.setContentType(Problem.MEDIA_TYPE);
        response.getOutputStream().write(JSON.writeValueAsBytes(problem.document(traceId)));
    }
}
