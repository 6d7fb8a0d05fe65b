package dev.taskorder.starter.ledger;

import dev.taskorder.api.ledger.LedgerCheck;
import dev.taskorder.starter.role.InRole;
import dev.taskorder.starter.role.Role;
import dev.taskorder.starter.web.Query;
import jakarta.servlet.http.HttpServletRequest;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** Whether the books agree. */
@RestController
@InRole(Role.API)
final class LedgerVerifyController {
    private final LedgerCheck books;

    LedgerVerifyController(LedgerCheck books) {
        this.books = books;
    }

    @GetMapping(path = "/v1/ledger/verify", produces = MediaType.APPLICATION_JSON_VALUE)
    LedgerCheck.Verification verify(HttpServletRequest request) {
        Query.refuseAny(request);
        return books.verify();
    }
}
