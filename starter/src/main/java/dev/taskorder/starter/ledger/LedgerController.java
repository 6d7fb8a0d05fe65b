package dev.taskorder.starter.ledger;

import dev.taskorder.api.ledger.Ledger;
import dev.taskorder.api.ledger.LedgerEntry;
import dev.taskorder.api.ledger.LedgerFilter;
import dev.taskorder.api.ledger.OrderLedger;
import dev.taskorder.api.page.PageRequest;
import dev.taskorder.starter.problem.ProblemCode;
import dev.taskorder.starter.problem.ProblemException;
import dev.taskorder.starter.role.InRole;
import dev.taskorder.starter.role.Role;
import dev.taskorder.starter.web.Csv;
import dev.taskorder.starter.web.PageResponse;
import dev.taskorder.starter.web.PathIds;
import dev.taskorder.starter.web.Query;
import dev.taskorder.starter.web.TextRule;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;

/** Entries of the ledger, of one order and of all; as CSV for whoever asks for it. */
@RestController
@InRole(Role.API)
final class LedgerController {
    private static final String[] FILTERS = {
        "env", "task", "task_id", "project", "project_id", "category", "sku_category", "account", "from", "to"
    };
    private static final List<String> PAGES = List.of("limit", "cursor");
    private static final String[] ALSO_PAGES =
            Stream.concat(Stream.of(FILTERS), PAGES.stream()).toArray(String[]::new);
    private static final String NO_PAGES =
            "is for JSON, which comes in pages: CSV is all that match; leave it out, or narrow the filters";
    private static final TextRule ACCOUNT = new TextRule(
            Pattern.compile("[^*]*\\*?"),
            1,
            256,
            "must be an account's name, or what it begins with and a '*' at its end, 1 to 256 characters");

    private final Ledger ledger;

    LedgerController(Ledger ledger) {
        this.ledger = ledger;
    }

    @GetMapping(
            path = "/v1/task-orders/{task_id}/ledger",
            produces = {MediaType.APPLICATION_JSON_VALUE, Csv.MEDIA_TYPE})
    @Nullable
    ResponseEntity<LedgerResponse> ofOrder(
            HttpServletRequest request, HttpServletResponse response, @PathVariable("task_id") String taskId)
            throws IOException {
        Query.refuseAny(request);
        OrderLedger found = ledger.ofOrder(PathIds.uuid("task_id", taskId))
                .orElseThrow(() -> new ProblemException(ProblemCode.NOT_FOUND, "there is no such task order"));
        if (Csv.isPreferred(request)) {
            EntryResponse.CSV.write(response, List.of(found.items()).iterator());
            return null;
        }
        return ResponseEntity.ok(LedgerResponse.of(found));
    }

    /** JSON comes in pages; CSV has all that match. */
    @GetMapping(
            path = "/v1/ledger/entries",
            produces = {MediaType.APPLICATION_JSON_VALUE, Csv.MEDIA_TYPE})
    @Nullable
    ResponseEntity<PageResponse<EntryResponse>> list(HttpServletRequest request, HttpServletResponse response)
            throws IOException {
        if (Csv.isPreferred(request)) {
            Query query = Query.ofReport(request, ALSO_PAGES);
            PAGES.stream().filter(query::has).forEach(name -> query.note(name, NO_PAGES));
            LedgerFilter filter = filter(query);
            query.refuseIfAny();
            EntryResponse.CSV.write(response, ledger.portions(filter));
            return null;
        }
        Query query = Query.ofPage(request, FILTERS);
        LedgerFilter filter = filter(query);
        PageRequest page = query.page();
        return ResponseEntity.ok(
                PageResponse.<LedgerEntry, EntryResponse>of(ledger.list(filter, page), EntryResponse::of));
    }

    private static LedgerFilter filter(Query query) {
        String env = query.text("env", TextRule.ENV);
        UUID taskId = query.uuid(query.nameOf("task", "task_id"));
        String project = query.text(query.nameOf("project", "project_id"), TextRule.NAME);
        String category = query.text(query.nameOf("category", "sku_category"), TextRule.NAME);
        String account = query.text("account", ACCOUNT);
        Instant from = query.time("from");
        Instant to = query.time("to");
        query.checkPeriod("from", from, "to", to);
        return new LedgerFilter(env, taskId, project, category, account, from, to);
    }
}
