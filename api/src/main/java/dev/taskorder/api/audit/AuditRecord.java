package dev.taskorder.api.audit;

import org.jspecify.annotations.Nullable;

/**
 * What somebody did, or was not let do. It names and tells nothing more: no body, no key, no token belongs in it.
 *
 * @param actor who: a principal's name
 * @param role what the principal might do at that time; null where none was known
 * @param keyId by which API key, for two live ones may have one name; null for who came by none
 * @param action what, such as {@code asset.put}
 * @param object on what; null where it is on nothing that has a name
 * @param outcome what came of it
 * @param code the code of the problem that a refusal was answered with, or why a workflow was refused; null for anything else
 * @param origin from where
 */
public record AuditRecord(
        String actor,
        @Nullable String role,
        @Nullable String keyId,
        String action,
        @Nullable AuditObject object,
        AuditOutcome outcome,
        @Nullable String code,
        AuditOrigin origin) {
    /**
     * What was acted on.
     *
     * @param type such as {@code asset}
     * @param id null where there is none, or many, such as in a batch
     */
    public record AuditObject(String type, @Nullable String id) {}

    /**
     * From where it came.
     *
     * @param remoteAddress of the caller's machine, or of the last proxy that is not believed
     * @param traceId the trace of the request, as log lines and problems have it
     */
    public record AuditOrigin(
            @Nullable String remoteAddress, @Nullable String traceId) {}
}
