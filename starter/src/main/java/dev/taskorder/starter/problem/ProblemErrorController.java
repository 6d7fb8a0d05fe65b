package dev.taskorder.starter.problem;

import jakarta.servlet.RequestDispatcher;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.webmvc.error.ErrorController;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** Where the container sends what it refused after a request had found its way to us. */
@RestController
final class ProblemErrorController implements ErrorController {
    private static final int NOT_FOUND = 404;

    @RequestMapping("${spring.web.error.path:/error}")
    @Nullable
    ResponseEntity<Object> error(HttpServletRequest request, HttpServletResponse response) {
        if (response.isCommitted()) {
            // half of an answer is out: a problem behind it would look like a part of it
            return null;
        }
        SecurityHeaders.set(request, response);
        Object status = request.getAttribute(RequestDispatcher.ERROR_STATUS_CODE);
        // asked for directly there is no error: the path means nothing to a caller
        Problem problem = of(status instanceof Integer code ? code : NOT_FOUND);
        return ResponseEntity.status(problem.code().status())
                .contentType(MediaType.APPLICATION_PROBLEM_JSON)
                .body(problem.document(TraceIds.orCurrent(request.getAttribute(TraceIds.KEY))));
    }

    /** On the way to a handler the container refuses nothing any more as not valid but what it reads then: the body. */
    private static Problem of(int status) {
        return status == ProblemCode.INVALID_REQUEST.status()
                ? Problem.ofBrokenBody()
                : ProblemHandler.ofStatus(status);
    }
}
