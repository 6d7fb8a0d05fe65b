package dev.taskorder.starter.problem;

import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.coyote.http11.AbstractHttp11Protocol;
import org.apache.coyote.http11.Http11InputBuffer;
import org.apache.tomcat.util.res.StringManager;
import org.jspecify.annotations.Nullable;

/** What the container refused before any filter ran, as far as it lets on. */
final class ContainerRefusal {
    private static final int EXPECTATION_FAILED = 417;
    private static final int VERSION_NOT_SUPPORTED = 505;
    private static final int NOT_IMPLEMENTED = 501;
    private static final String HOST = "Host";

    /** Its words for a head that is too large: it throws no exception of its own kind for it. */
    private static final String TOO_LARGE =
            StringManager.getManager(Http11InputBuffer.class).getString("iib.requestheadertoolarge.error");

    private ContainerRefusal() {}

    static Problem of(Request request, Response response, @Nullable Throwable cause) {
        int status = response.getStatus();
        if (status == VERSION_NOT_SUPPORTED) {
            return invalid("/version", "must be HTTP/1.1 or HTTP/1.0");
        }
        if (status == NOT_IMPLEMENTED) {
            return invalid("/Transfer-Encoding", "must be chunked, or be left out");
        }
        if (status == EXPECTATION_FAILED) {
            return invalid("/Expect", "must be 100-continue, or be left out");
        }
        if (status != ProblemCode.INVALID_REQUEST.status()) {
            return ProblemHandler.ofStatus(status);
        }
        if (cause != null && TOO_LARGE.equals(cause.getMessage())) {
            return invalid("/url", "and the headers must have at most " + headBytesMax(request) + " bytes together");
        }
        if (cause != null) {
            return invalid(
                    "/url",
                    "or a header cannot be read: what is not a letter, a digit or one of -._~ must be"
                            + " percent-encoded in a parameter, and a header has a name, a colon and a value");
        }
        if (response.getMessage() != null) {
            return invalid(
                    "/url",
                    "has a path that cannot be decoded: %2F, %5C and %00 are not allowed in it, and"
                            + " after % there must be two hexadecimal digits");
        }
        return hosts(request) == 1
                ? invalid("/url", "or the headers contradict each other or the protocol")
                : invalid("/" + HOST, "must be there once, as a header");
    }

    private static Problem invalid(String pointer, String message) {
        return Problem.of(ProblemCode.INVALID_REQUEST, pointer, message);
    }

    private static int hosts(Request request) {
        int hosts = 0;
        var headers = request.getCoyoteRequest().getMimeHeaders();
        for (int i = 0; i < headers.size(); i++) {
            if (headers.getName(i).equalsIgnoreCase(HOST)) {
                hosts++;
            }
        }
        return hosts;
    }

    private static int headBytesMax(Request request) {
        return request.getConnector().getProtocolHandler() instanceof AbstractHttp11Protocol<?> http
                ? http.getMaxHttpRequestHeaderSize()
                : 0;
    }
}
