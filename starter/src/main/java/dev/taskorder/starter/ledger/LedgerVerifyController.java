package dev.taskorder.starter.ledger;

import dev.taskorder.api.ledger.LedgerCheck;
import dev.taskorder.starter.problem.Problem;
import dev.taskorder.starter.problem.ProblemCode;
import dev.taskorder.starter.problem.ProblemException;
import dev.taskorder.starter.role.InRole;
import dev.taskorder.starter.role.Role;
import dev.taskorder.starter.web.Query;
import jakarta.servlet.http.HttpServletRequest;
import java.util.concurrent.Semaphore;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** Whether the books agree. */
@RestController
@InRole(Role.API)
final class LedgerVerifyController {
    private static final String RETRY_AFTER_S = "5";

    private final LedgerCheck books;
    /** Its questions are heavy: whoever asks again and again must not take the database from those who work. */
    private final Semaphore turn = new Semaphore(1);

    LedgerVerifyController(LedgerCheck books) {
        this.books = books;
    }

    @GetMapping(path = "/v1/ledger/verify", produces = MediaType.APPLICATION_JSON_VALUE)
    LedgerCheck.Verification verify(HttpServletRequest request) {
        Query.refuseAny(request);
        if (!turn.tryAcquire()) {
            throw new ProblemException(Problem.of(
                            ProblemCode.UNAVAILABLE,
                            "this process is comparing books already; try again when that is done")
                    .withHeader(HttpHeaders.RETRY_AFTER, RETRY_AFTER_S));
        }
        try {
            return books.verify();
        } finally {
            turn.release();
        }
    }
}
