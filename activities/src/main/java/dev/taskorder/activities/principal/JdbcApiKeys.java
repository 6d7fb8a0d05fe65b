package dev.taskorder.activities.principal;

import dev.taskorder.activities.tenant.TenantTransactions;
import dev.taskorder.api.audit.AuditLog;
import dev.taskorder.api.audit.AuditOutcome;
import dev.taskorder.api.audit.AuditRecord;
import dev.taskorder.api.audit.AuditRecord.AuditObject;
import dev.taskorder.api.audit.AuditRecord.AuditOrigin;
import dev.taskorder.api.page.Cursor;
import dev.taskorder.api.page.Listing;
import dev.taskorder.api.page.Page;
import dev.taskorder.api.page.PageRequest;
import dev.taskorder.api.principal.ApiKey;
import dev.taskorder.api.principal.ApiKeys;
import dev.taskorder.api.principal.KeyText;
import dev.taskorder.api.principal.ReservedNames;
import dev.taskorder.api.principal.Role;
import dev.taskorder.api.tenant.Caller;
import dev.taskorder.api.tenant.TenantContext;
import java.security.SecureRandom;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Keys as rows. A live key has one of its name's places, whose uniqueness is what limits how many there are. */
final class JdbcApiKeys implements ApiKeys {
    /** The name is given to no other key of the installation. */
    private static final String NOT_ADOPTED = "(tenant_id <> '_system' OR name <> 'bootstrap')";

    private static final String COLUMNS =
            "key_id, name, role, created_at, created_by, expires_at, revoked_at, last_used_at";

    private static final String LIST = "api-keys";

    /** Sorts before all others. */
    private static final OffsetDateTime AFTER_ALL = OffsetDateTime.parse("9999-12-31T23:59:59Z");

    /** Who makes keys of one tenant takes turns, so that none is too many. */
    private static final String TURN = """
            SELECT tenant_id FROM tenant WHERE tenant_id = current_tenant() FOR NO KEY UPDATE
            """;

    /** A statement of its own: an expired key must have left its place before another one takes it. */
    private static final String RETIRE = """
            UPDATE api_key SET place = NULL, revoked_at = expires_at
             WHERE tenant_id = current_tenant() AND place IS NOT NULL AND expires_at <= now()
            """;

    /** Leaves room for one more, if only live ones are in its way; the live come first, then who died last. */
    private static final String REMOVE = """
            DELETE FROM api_key
             WHERE tenant_id = current_tenant() AND key_id IN (
                   SELECT key_id
                     FROM (SELECT key_id, revoked_at, row_number() OVER (ORDER BY revoked_at DESC, key_id) AS nth
                             FROM api_key WHERE tenant_id = current_tenant() AND %s) k
                    WHERE revoked_at < now() - interval '%d days' OR (revoked_at IS NOT NULL AND nth >= %d))
            """.formatted(NOT_ADOPTED, DEAD_KEPT_DAYS, PER_TENANT);

    private static final String COUNT = """
            SELECT count(*) FROM api_key WHERE tenant_id = current_tenant() AND %s
            """.formatted(NOT_ADOPTED);

    private static final String INSERT = """
            INSERT INTO api_key (key_id, name, place, role, hash, created_by, expires_at)
            VALUES (:id, :name, :place, :role, decode(:hash, 'hex'), :actor, :expires_at)
                ON CONFLICT ON CONSTRAINT api_key_two_live_per_name DO NOTHING
            RETURNING %s
            """.formatted(COLUMNS);

    private static final String LIVE = """
            SELECT %s FROM api_key
             WHERE tenant_id = current_tenant() AND name = :name AND place IS NOT NULL
             ORDER BY created_at, key_id
            """.formatted(COLUMNS);

    private static final String PAGE = """
            SELECT %s FROM api_key
             WHERE tenant_id = current_tenant() AND (created_at, key_id) < (:before, :id)
             ORDER BY created_at DESC, key_id DESC
             LIMIT :rows
            """.formatted(COLUMNS);

    private static final String REVOKE = """
            UPDATE api_key SET place = NULL, revoked_at = now()
             WHERE tenant_id = current_tenant() AND key_id = :id AND place IS NOT NULL
            """;

    private static final String SHOW = """
            SELECT %s FROM api_key WHERE tenant_id = current_tenant() AND key_id = :id
            """.formatted(COLUMNS);

    private static final String FIND = """
            SELECT name, role, encode(hash, 'hex') AS hash, expires_at FROM api_key
             WHERE tenant_id = current_tenant() AND key_id = :id AND place IS NOT NULL
            """;

    private static final String ADOPT = """
            INSERT INTO api_key (key_id, name, place, role, hash, created_by)
            SELECT :id, 'bootstrap', place, 'operator', decode(:hash, 'hex'), 'bootstrap'
              FROM (SELECT min(p) AS place FROM generate_series(1, 2) AS p
                     WHERE p NOT IN (SELECT place FROM api_key
                                      WHERE tenant_id = current_tenant() AND name = 'bootstrap' AND place IS NOT NULL)) free
             WHERE place IS NOT NULL
               AND NOT (:only_first AND EXISTS (SELECT FROM api_key WHERE tenant_id = current_tenant()))
                ON CONFLICT DO NOTHING
            """;

    private static final String USED = """
            UPDATE api_key SET last_used_at = date_trunc('minute', now())
             WHERE tenant_id = current_tenant() AND key_id = :id
               AND last_used_at IS DISTINCT FROM date_trunc('minute', now())
            """;

    private final TenantTransactions transactions;
    private final JdbcClient jdbc;
    private final SecureRandom random;
    private final AuditLog audit;

    JdbcApiKeys(TenantTransactions transactions, JdbcClient jdbc, SecureRandom random, AuditLog audit) {
        this.transactions = transactions;
        this.jdbc = jdbc;
        this.random = random;
        this.audit = audit;
    }

    @Override
    public CreateResult create(NewKey key, Caller caller) {
        KeyText text = KeyText.make(TenantContext.required(), random);
        return transactions.in(() -> {
            jdbc.sql(TURN).query().singleRow();
            jdbc.sql(RETIRE).update();
            jdbc.sql(REMOVE).update();
            if (jdbc.sql(COUNT).query(Long.class).single() >= PER_TENANT) {
                return new CreateResult.TenantFull();
            }
            for (int place = 1; place <= LIVE_PER_NAME; place++) {
                Optional<ApiKey> made = insert(key, text, place, caller);
                if (made.isPresent()) {
                    return new CreateResult.Created(made.get(), text.text());
                }
            }
            return new CreateResult.TooMany(jdbc.sql(LIVE)
                    .param("name", key.name())
                    .query(JdbcApiKeys::key)
                    .list());
        });
    }

    private Optional<ApiKey> insert(NewKey key, KeyText text, int place, Caller caller) {
        Instant expiresAt = key.expiresAt();
        return jdbc.sql(INSERT)
                .param("id", text.keyId())
                .param("name", key.name())
                .param("place", place)
                .param("role", key.role().word())
                .param("hash", text.hash())
                .param("actor", caller.actor())
                .param(
                        "expires_at",
                        expiresAt == null ? null : expiresAt.atOffset(ZoneOffset.UTC),
                        Types.TIMESTAMP_WITH_TIMEZONE)
                .query(JdbcApiKeys::key)
                .optional();
    }

    @Override
    public Page<ApiKey> list(PageRequest page) {
        Listing listing = Listing.of(TenantContext.required(), LIST);
        List<String> after = page.cursor() == null ? List.of() : Cursor.decode(listing, 2, page.cursor());
        OffsetDateTime before =
                after.isEmpty() ? AFTER_ALL : Cursor.instant(after.get(0)).atOffset(ZoneOffset.UTC);
        String id = after.isEmpty() ? "" : Cursor.name(after.get(1));
        List<ApiKey> rows = transactions.in(() -> jdbc.sql(PAGE)
                .param("before", before)
                .param("id", id)
                .param("rows", page.limit() + 1)
                .query(JdbcApiKeys::key)
                .list());
        if (rows.size() <= page.limit()) {
            return new Page<>(rows, null);
        }
        ApiKey last = rows.get(page.limit() - 1);
        return new Page<>(
                rows.subList(0, page.limit()),
                Cursor.encode(listing, last.createdAt().toString(), last.keyId()));
    }

    @Override
    public Optional<ApiKey> show(String keyId) {
        return transactions.in(
                () -> jdbc.sql(SHOW).param("id", keyId).query(JdbcApiKeys::key).optional());
    }

    @Override
    public Optional<ApiKey> revoke(String keyId) {
        return transactions.in(() -> {
            jdbc.sql(REVOKE).param("id", keyId).update();
            return show(keyId);
        });
    }

    @Override
    public Optional<Stored> find(String keyId) {
        return transactions.in(() -> jdbc.sql(FIND)
                .param("id", keyId)
                .query((row, rowNum) ->
                        new Stored(row.getString("name"), role(row), row.getString("hash"), instant(row, "expires_at")))
                .optional());
    }

    @Override
    public boolean adopt(KeyText key, boolean onlyFirst) {
        return transactions.in(() -> {
            jdbc.sql(RETIRE).update();
            boolean isTaken = jdbc.sql(ADOPT)
                            .param("id", key.keyId())
                            .param("hash", key.hash())
                            .param("only_first", onlyFirst)
                            .update()
                    == 1;
            if (isTaken) {
                audit.write(adopted(key.keyId()));
            }
            return isTaken;
        });
    }

    private static AuditRecord adopted(String keyId) {
        return new AuditRecord(
                ReservedNames.BOOTSTRAP,
                null,
                null,
                "api_key.adopt",
                new AuditObject("api_key", keyId),
                AuditOutcome.DONE,
                null,
                new AuditOrigin(null, null));
    }

    @Override
    public void used(String keyId) {
        transactions.relaxed(() -> jdbc.sql(USED).param("id", keyId).update());
    }

    private static ApiKey key(ResultSet row, int rowNum) throws SQLException {
        return new ApiKey(
                row.getString("key_id"),
                row.getString("name"),
                role(row),
                row.getObject("created_at", OffsetDateTime.class).toInstant(),
                row.getString("created_by"),
                instant(row, "expires_at"),
                instant(row, "revoked_at"),
                instant(row, "last_used_at"));
    }

    private static Role role(ResultSet row) throws SQLException {
        return Role.of(row.getString("role")).orElseThrow();
    }

    private static @Nullable Instant instant(ResultSet row, String column) throws SQLException {
        OffsetDateTime time = row.getObject(column, OffsetDateTime.class);
        return time == null ? null : time.toInstant();
    }
}
