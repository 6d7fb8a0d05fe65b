package dev.taskorder.activities.principal;

import dev.taskorder.activities.tenant.TenantTransactions;
import dev.taskorder.api.principal.ApiKey;
import dev.taskorder.api.principal.ApiKeys;
import dev.taskorder.api.principal.KeyText;
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
    private static final String COLUMNS =
            "key_id, name, role, created_at, created_by, expires_at, revoked_at, last_used_at";

    /** A statement of its own: an expired key must have left its place before another one takes it. */
    private static final String RETIRE = """
            UPDATE api_key SET place = NULL, revoked_at = expires_at
             WHERE tenant_id = current_tenant() AND name = :name AND place IS NOT NULL AND expires_at <= now()
            """;

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

    private static final String LIST = """
            SELECT %s FROM api_key WHERE tenant_id = current_tenant() ORDER BY created_at DESC, key_id
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

    JdbcApiKeys(TenantTransactions transactions, JdbcClient jdbc, SecureRandom random) {
        this.transactions = transactions;
        this.jdbc = jdbc;
        this.random = random;
    }

    @Override
    public CreateResult create(NewKey key, Caller caller) {
        KeyText text = KeyText.make(TenantContext.required(), random);
        return transactions.in(() -> {
            jdbc.sql(RETIRE).param("name", key.name()).update();
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
    public List<ApiKey> list() {
        return transactions.in(() -> jdbc.sql(LIST).query(JdbcApiKeys::key).list());
    }

    @Override
    public Optional<ApiKey> revoke(String keyId) {
        return transactions.in(() -> {
            jdbc.sql(REVOKE).param("id", keyId).update();
            return jdbc.sql(SHOW).param("id", keyId).query(JdbcApiKeys::key).optional();
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
        return transactions.in(() -> jdbc.sql(ADOPT)
                        .param("id", key.keyId())
                        .param("hash", key.hash())
                        .param("only_first", onlyFirst)
                        .update()
                == 1);
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
