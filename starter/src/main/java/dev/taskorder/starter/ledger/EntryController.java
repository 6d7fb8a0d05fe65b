package dev.taskorder.starter.ledger;

import dev.taskorder.api.ledger.CallerEntries;
import dev.taskorder.api.ledger.CallerEntries.Result;
import dev.taskorder.api.ledger.LedgerEntry;
import dev.taskorder.api.ledger.NewEntry;
import dev.taskorder.api.order.Limits;
import dev.taskorder.starter.problem.ProblemCode;
import dev.taskorder.starter.problem.ProblemException;
import dev.taskorder.starter.role.InRole;
import dev.taskorder.starter.role.Role;
import dev.taskorder.starter.web.Audited;
import dev.taskorder.starter.web.Fields;
import dev.taskorder.starter.web.JsonBody;
import dev.taskorder.starter.web.Query;
import dev.taskorder.starter.web.Shown;
import dev.taskorder.starter.web.TextRule;
import dev.taskorder.starter.web.Violations;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.math.BigDecimal;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

/** Entries that callers write: what an order cost or earned outside of it, and corrections. They begin no work. */
@RestController
@InRole(Role.API)
final class EntryController {
    private static final int CREATED = 201;
    private static final String REVERSES = "reverses";
    private static final Set<String> OF_POSTING = Set.of("task_id", "kind", "amount", "currency");
    private static final Set<String> FIELDS =
            Set.of("entry_id", "task_id", "kind", "amount", "currency", REVERSES, "note");
    private static final Set<String> OURS = Set.of(
            "idempotency_key",
            "external_ref",
            "env",
            "project_id",
            "attempt",
            "phase",
            "debit_account",
            "credit_account",
            "lease_id",
            "sku_category",
            "sku_code",
            "created_at");
    private static final Set<String> KINDS = Arrays.stream(NewEntry.Kind.values())
            .map(NewEntry.Kind::label)
            .collect(Collectors.toCollection(LinkedHashSet::new));
    private static final TextRule NOTE =
            new TextRule(null, 0, Limits.NOTE_CHARS_MAX, "must have at most " + Limits.NOTE_CHARS_MAX + " characters");
    /** Ours, of which any may be taken back, are longer than a caller's. */
    private static final TextRule ANY_ENTRY = new TextRule(null, 1, 512, "must be an entry_id, 1 to 512 characters");

    private final CallerEntries entries;

    EntryController(CallerEntries entries) {
        this.entries = entries;
    }

    @PostMapping(path = "/v1/ledger/entries", produces = MediaType.APPLICATION_JSON_VALUE)
    @Audited(value = "ledger_entry.post", object = "ledger_entry")
    ResponseEntity<EntryResponse> post(HttpServletRequest request) throws IOException {
        Query.refuseAny(request);
        NewEntry entry = read(request);
        Result.Posted posted = posted(entry, entries.post(entry));
        ResponseEntity.BodyBuilder answer = ResponseEntity.status(posted.again() ? 200 : CREATED);
        if (posted.again()) {
            answer.header("Idempotent-Replayed", "true");
        }
        return answer.body(EntryResponse.of(posted.entry()));
    }

    private static NewEntry read(HttpServletRequest request) throws IOException {
        Violations violations = new Violations();
        Fields fields = Fields.ofBody(JsonBody.read(request, Limits.BODY_BYTES_MAX), violations);
        fields.allowOnly(FIELDS, OURS::contains);
        String entryId = fields.text("entry_id", TextRule.NAME);
        String note = fields.optionalText("note", NOTE);
        if (fields.isSent(REVERSES)) {
            String reverses = fields.text(REVERSES, ANY_ENTRY);
            OF_POSTING.stream()
                    .filter(fields::isSent)
                    .sorted()
                    .forEach(
                            name -> fields.note(name, "must not be there with reverses: an entry is taken back whole"));
            violations.refuseIfAny();
            return new NewEntry.Reversal(entryId, reverses, note);
        }
        UUID taskId = fields.optionalUuid("task_id");
        if (!fields.has("task_id")) {
            fields.note("task_id", "is required");
        }
        String kind = fields.choice("kind", KINDS);
        BigDecimal amount = fields.positiveAmount("amount");
        String currency = fields.text("currency", TextRule.CURRENCY);
        violations.refuseIfAny();
        return new NewEntry.Posting(
                entryId,
                Objects.requireNonNull(taskId),
                NewEntry.Kind.valueOf(kind.toUpperCase(Locale.ROOT)),
                amount,
                currency,
                note);
    }

    private static String whyKept(LedgerEntry.Phase phase) {
        if (phase == LedgerEntry.Phase.POST) {
            return "must name an entry whose amount is not 0, was one of 0: there is nothing to take back";
        }
        String instead = phase == LedgerEntry.Phase.REVERSE
                ? "write what was taken back anew, under another entry_id"
                : "what is set aside is settled by its order alone";
        return "must name an entry of phase POST, was one of phase " + phase + ": " + instead;
    }

    private static Result.Posted posted(NewEntry entry, Result result) {
        if (result instanceof Result.Posted posted) {
            return posted;
        }
        if (result instanceof Result.IdReused) {
            throw new ProblemException(
                    ProblemCode.ENTRY_ID_REUSED,
                    "/entry_id",
                    Shown.of(entry.entryId()) + " was used before for an entry with other content");
        }
        if (result instanceof Result.OtherCurrency other) {
            throw new ProblemException(
                    ProblemCode.CURRENCY_MISMATCH,
                    "/currency",
                    "must be the order's, " + other.ofOrder() + ", was '" + ((NewEntry.Posting) entry).currency()
                            + "': money is never converted");
        }
        if (result instanceof Result.NotReversible kept) {
            throw new ProblemException(ProblemCode.INVALID_REQUEST, "/" + REVERSES, whyKept(kept.phase()));
        }
        if (result instanceof Result.ReversedAlready already) {
            throw new ProblemException(
                    ProblemCode.ILLEGAL_TRANSITION,
                    "/" + REVERSES,
                    "names an entry that " + Shown.of(already.by()) + " has taken back already");
        }
        String what = result instanceof Result.NoSuchEntry ? "there is no such entry" : "there is no such task order";
        throw new ProblemException(ProblemCode.NOT_FOUND, what);
    }
}
