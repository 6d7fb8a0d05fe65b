package dev.taskorder.starter.security;

import dev.taskorder.api.principal.ApiKeys;
import dev.taskorder.api.principal.ReservedNames;
import dev.taskorder.api.principal.Role;
import dev.taskorder.starter.web.Fields;
import dev.taskorder.starter.web.TextRule;
import dev.taskorder.starter.web.Violations;
import java.time.Clock;
import java.time.Instant;
import java.util.Set;
import tools.jackson.databind.node.ObjectNode;

/** Reads what key a caller wants. */
final class NewKeyReader {
    private static final Instant LATEST = Instant.parse("9999-01-01T00:00:00Z");
    private static final Set<String> FIELDS = Set.of("name", "role", "expires_at");
    private static final Set<String> COMPUTED =
            Set.of("key_id", "prefix", "key", "created_at", "created_by", "revoked_at", "last_used_at");

    private final Clock clock;

    NewKeyReader(Clock clock) {
        this.clock = clock;
    }

    /**
     * The key that the body describes.
     *
     * @param roles one of which it may have
     * @throws dev.taskorder.starter.problem.ProblemException if anything is wrong with it, naming all that is
     */
    ApiKeys.NewKey read(ObjectNode body, Set<String> roles) {
        Violations violations = new Violations();
        Fields fields = Fields.ofBody(body, violations);
        fields.allowOnly(FIELDS, COMPUTED::contains);
        String name = fields.text("name", TextRule.NAME);
        if (ReservedNames.contains(name)) {
            fields.note(
                    "name", "must be none of what this service calls itself, " + ReservedNames.all() + ", was " + name);
        }
        String role = fields.choice("role", roles);
        Instant expiresAt = fields.optionalTime("expires_at", LATEST);
        Instant now = clock.instant();
        if (expiresAt != null && !expiresAt.isAfter(now)) {
            fields.note("expires_at", "must be after now, which is " + now + ", was " + expiresAt);
        }
        violations.refuseIfAny();
        return new ApiKeys.NewKey(name, Role.of(role).orElseThrow(), expiresAt);
    }
}
