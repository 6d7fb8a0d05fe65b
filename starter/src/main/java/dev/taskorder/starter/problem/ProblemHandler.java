package dev.taskorder.starter.problem;

import dev.taskorder.api.page.BadCursorException;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.servlet.http.HttpServletRequest;
import java.util.stream.Collectors;
import org.apache.tomcat.util.http.InvalidParameterException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.dao.RecoverableDataAccessException;
import org.springframework.dao.TransientDataAccessException;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.transaction.CannotCreateTransactionException;
import org.springframework.transaction.TransactionSystemException;
import org.springframework.web.ErrorResponse;
import org.springframework.web.HttpMediaTypeNotAcceptableException;
import org.springframework.web.HttpMediaTypeNotSupportedException;
import org.springframework.web.HttpRequestMethodNotSupportedException;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;
import org.springframework.web.util.DisconnectedClientHelper;

/** Turns every exception into a problem document; the one place that knows which is which. */
@RestControllerAdvice
final class ProblemHandler {
    private static final Logger log = LoggerFactory.getLogger(ProblemHandler.class);
    private static final String RETRY_AFTER_S = "1";
    private static final int CURSOR_CHARS_SHOWN = 64;

    private final Counter notFound;

    ProblemHandler(MeterRegistry metrics) {
        this.notFound = Counter.builder("taskorder.not.found")
                .description("Ids that were asked for and are not there, or are another tenant's")
                .register(metrics);
    }

    /** A refusal of our own. Ids that are not there are counted: many of them are a caller who guesses. */
    @ExceptionHandler
    ResponseEntity<Object> refused(ProblemException refusal) {
        if (refusal.problem().code() == ProblemCode.NOT_FOUND) {
            notFound.increment();
        }
        return answer(refusal.problem());
    }

    @ExceptionHandler
    ResponseEntity<Object> badCursor(BadCursorException e, HttpServletRequest request) {
        String sent = String.valueOf(request.getParameter("cursor")).replaceAll("[^!-~]", "\uFFFD");
        String shown = sent.length() > CURSOR_CHARS_SHOWN ? sent.substring(0, CURSOR_CHARS_SHOWN) + "…" : sent;
        return answer(Problem.of(
                ProblemCode.INVALID_REQUEST, "/cursor", e.getMessage() + ", was '" + shown + "': " + e.remedy()));
    }

    /** Percent-encoding that decodes to nothing, or more parameters than the container reads. */
    @ExceptionHandler
    ResponseEntity<Object> badQuery(InvalidParameterException e) {
        return answer(Problem.of(
                ProblemCode.INVALID_REQUEST,
                "/url",
                "has a query that cannot be decoded: after % there must be two hexadecimal digits, and the bytes must be"
                        + " UTF-8"));
    }

    @ExceptionHandler
    ResponseEntity<Object> wrongMethod(HttpRequestMethodNotSupportedException e) {
        String allowed = e.getSupportedHttpMethods() == null
                ? ""
                : e.getSupportedHttpMethods().stream().map(Object::toString).collect(Collectors.joining(", "));
        return answer(Problem.of(ProblemCode.METHOD_NOT_ALLOWED, "this path allows " + allowed)
                .withHeader(HttpHeaders.ALLOW, allowed));
    }

    @ExceptionHandler
    ResponseEntity<Object> wrongMediaType(HttpMediaTypeNotSupportedException e) {
        return answer(Problem.of(ProblemCode.UNSUPPORTED_MEDIA_TYPE, "the body must be application/json")
                .withHeader(HttpHeaders.ACCEPT, MediaType.APPLICATION_JSON_VALUE));
    }

    @ExceptionHandler
    ResponseEntity<Object> notAcceptable(HttpMediaTypeNotAcceptableException e) {
        return answer(Problem.of(
                ProblemCode.NOT_ACCEPTABLE,
                "this path answers with "
                        + e.getSupportedMediaTypes().stream()
                                .map(MediaType::toString)
                                .collect(Collectors.joining(", "))));
    }

    /** The database is away, or no connection came free in time: nothing is known to be wrong with the request. */
    @ExceptionHandler({
        CannotCreateTransactionException.class,
        DataAccessResourceFailureException.class,
        RecoverableDataAccessException.class,
        TransactionSystemException.class,
        TransientDataAccessException.class
    })
    ResponseEntity<Object> unavailable(Exception e) {
        log.warn("request refused, the database does not answer: {}", rootMessage(e));
        return answer(Problem.of(ProblemCode.UNAVAILABLE, "the service cannot reach its database now; try again")
                .withHeader(HttpHeaders.RETRY_AFTER, RETRY_AFTER_S));
    }

    /**
     * What the framework refuses by itself keeps its status; the rest is our fault and says so without a word more. A
     * client that went away in the middle gets no answer, for there is nobody to read it.
     */
    @ExceptionHandler
    @Nullable
    ResponseEntity<Object> other(Exception e) {
        if (e instanceof AnswerCutOffException halfOut) {
            // the container cuts the connection then, so that nobody takes the half for the whole
            throw halfOut;
        }
        if (DisconnectedClientHelper.isClientDisconnectedException(e)) {
            log.debug("client went away: {}", rootMessage(e));
            return null;
        }
        if (e instanceof ErrorResponse framework && framework.getStatusCode().is4xxClientError()) {
            return answer(ofStatus(framework.getStatusCode().value()));
        }
        log.error("request failed", e);
        return answer(ofStatus(500));
    }

    static Problem ofStatus(int status) {
        ProblemCode code = ProblemCode.ofStatus(status);
        return Problem.of(code, code == ProblemCode.NOT_FOUND ? "there is nothing at this path" : code.title());
    }

    private static ResponseEntity<Object> answer(Problem problem) {
        ResponseEntity.BodyBuilder answer = ResponseEntity.status(problem.code().status());
        problem.headers().forEach(answer::header);
        return answer.contentType(MediaType.APPLICATION_PROBLEM_JSON).body(problem.document(TraceIds.current()));
    }

    private static String rootMessage(Throwable e) {
        Throwable root = e;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return String.valueOf(root.getMessage());
    }
}
