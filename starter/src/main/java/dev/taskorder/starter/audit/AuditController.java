package dev.taskorder.starter.audit;

import dev.taskorder.api.audit.AuditFilter;
import dev.taskorder.api.audit.AuditOutcome;
import dev.taskorder.api.audit.AuditTrail;
import dev.taskorder.api.page.PageRequest;
import dev.taskorder.starter.role.InRole;
import dev.taskorder.starter.role.Role;
import dev.taskorder.starter.web.PageResponse;
import dev.taskorder.starter.web.Query;
import dev.taskorder.starter.web.TextRule;
import jakarta.servlet.http.HttpServletRequest;
import java.time.Instant;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** Who did what. */
@RestController
@InRole(Role.API)
final class AuditController {
    private static final int TEXT_CHARS_MAX = 512;
    private static final TextRule TEXT =
            new TextRule(null, 1, TEXT_CHARS_MAX, "must have 1 to " + TEXT_CHARS_MAX + " characters");

    private final AuditTrail trail;

    AuditController(AuditTrail trail) {
        this.trail = trail;
    }

    @GetMapping(path = "/v1/audit", produces = MediaType.APPLICATION_JSON_VALUE)
    PageResponse<AuditResponse> list(HttpServletRequest request) {
        Query query = Query.ofPage(request, "actor", "action", "object_type", "object_id", "outcome", "from", "to");
        Instant from = query.time("from");
        Instant to = query.time("to");
        query.checkPeriod("from", from, "to", to);
        AuditFilter filter = new AuditFilter(
                query.text("actor", TEXT),
                query.text("action", TEXT),
                query.text("object_type", TEXT),
                query.text("object_id", TEXT),
                query.constant("outcome", AuditOutcome.class),
                from,
                to);
        PageRequest page = query.page();
        return PageResponse.of(trail.list(filter, page), AuditResponse::of);
    }
}
