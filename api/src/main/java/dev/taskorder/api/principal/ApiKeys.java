package dev.taskorder.api.principal;

import dev.taskorder.api.page.Page;
import dev.taskorder.api.page.PageRequest;
import dev.taskorder.api.tenant.Caller;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The keys of the bound tenant. */
public interface ApiKeys {
    /** How many keys of one name may be live at a time. */
    int LIVE_PER_NAME = 2;

    /** How many keys a tenant has at the most, live and dead together. */
    int PER_TENANT = 1_000;

    /** For how many days a key that is revoked or expired is shown, at least while the tenant has not too many. */
    int DEAD_KEPT_DAYS = 90;

    /**
     * Makes a key. A second call makes another one. Removes dead keys older than {@link #DEAD_KEPT_DAYS}, and so many of the
     * others, the longest dead first, that there are no more than {@link #PER_TENANT}; the audit log still tells of them.
     *
     * @param key whose role the caller has checked against its own
     */
    CreateResult create(NewKey key, Caller caller);

    /**
     * Keys, newest first; those that are revoked or expired too.
     *
     * @throws dev.taskorder.api.page.BadCursorException if the cursor is none of this list
     */
    Page<ApiKey> list(PageRequest page);

    /** The key of that id, live or not; nothing if there is none. */
    Optional<ApiKey> show(String keyId);

    /**
     * Has a key accepted no more, in every process within 2 s. A second call changes nothing.
     *
     * @return the key as it is now; nothing if there is none of that id
     */
    Optional<ApiKey> revoke(String keyId);

    /** What a key is checked against; nothing if there is none of that id or it is revoked. Not cached. */
    Optional<Stored> find(String keyId);

    /**
     * Takes a key of the bound tenant that was made elsewhere, for operators only: the system's first one. A second call with
     * the same key changes nothing. That it was taken stands in the audit log. A tenant never has too many keys for it, and
     * it is never removed, for then it could be taken again after it was revoked.
     *
     * @param onlyFirst whether it is taken only while the tenant has no key at all, live or not; of two who call at once one succeeds
     * @return whether it is among the keys by this call
     */
    boolean adopt(KeyText key, boolean onlyFirst);

    /** Notes that a key was accepted. */
    void used(String keyId);

    /**
     * A key that is wanted.
     *
     * @param expiresAt null for never
     */
    record NewKey(String name, Role role, @Nullable Instant expiresAt) {}

    /**
     * A key that is not revoked.
     *
     * @param hash SHA-256 of the whole key, in hexadecimal
     */
    record Stored(
            String name, Role role, String hash, @Nullable Instant expiresAt) {}

    /** What became of a wish for a key. */
    sealed interface CreateResult {
        /**
         * It is there.
         *
         * @param text the key itself, this once
         */
        record Created(ApiKey key, String text) implements CreateResult {}

        /**
         * As many of the name are live as may be.
         *
         * @param live those, one of which has to be revoked first
         */
        record TooMany(List<ApiKey> live) implements CreateResult {}

        /** {@link #PER_TENANT} keys of the tenant are live, one of which has to be revoked first. */
        record TenantFull() implements CreateResult {}
    }
}
