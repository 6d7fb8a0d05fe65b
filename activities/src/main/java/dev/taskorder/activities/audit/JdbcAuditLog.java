package dev.taskorder.activities.audit;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Expiry;
import dev.taskorder.activities.tenant.OtherTenantTransactions;
import dev.taskorder.activities.tenant.TenantTransactions;
import dev.taskorder.api.audit.AuditLog;
import dev.taskorder.api.audit.AuditRecord;
import dev.taskorder.api.audit.AuditRecord.AuditObject;
import dev.taskorder.api.tenant.TenantContext;
import dev.taskorder.api.tenant.TenantId;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Writes {@code audit_entry}. */
final class JdbcAuditLog implements AuditLog {
    private static final int HOURS_KNOWN_MAX = 10_000;

    private static final String WRITE = """
            INSERT INTO audit_entry (actor, role, key_id, action, object_type, object_id, outcome, code, remote_address, trace_id)
            VALUES (:actor, :role, :key_id, :action, :object_type, :object_id, :outcome, :code, :remote_address, :trace_id)
            """;
    private static final String WRITE_ONCE = """
            INSERT INTO audit_entry
                   (actor, role, key_id, action, object_type, object_id, outcome, code, remote_address, trace_id, of_hour)
            VALUES (:actor, :role, :key_id, :action, :object_type, :object_id, :outcome, :code, :remote_address, :trace_id,
                    date_trunc('hour', now(), 'UTC'))
            ON CONFLICT (tenant_id, actor, coalesce(key_id, ''), action, of_hour) WHERE of_hour IS NOT NULL DO NOTHING
            """;
    /** By the same clock as the hour: both are of the moment at which the transaction began. */
    private static final String REST_OF_THE_HOUR = """
            SELECT ceil(extract(epoch FROM date_trunc('hour', now(), 'UTC') + interval '1 hour' - now()) * 1000)::bigint
            """;

    private final TenantTransactions transactions;
    private final OtherTenantTransactions others;
    private final JdbcClient jdbc;

    /** What stands in the log of the running hour, with how long that goes on. */
    private final Cache<OfHour, Duration> standing = Caffeine.newBuilder()
            .maximumSize(HOURS_KNOWN_MAX)
            .expireAfter(Expiry.<OfHour, Duration>creating((act, rest) -> rest))
            .build();

    private record OfHour(
            TenantId tenant, String actor, @Nullable String keyId, String action) {
        static OfHour of(TenantId tenant, AuditRecord act) {
            return new OfHour(tenant, act.actor(), act.keyId(), act.action());
        }
    }

    JdbcAuditLog(TenantTransactions transactions, OtherTenantTransactions others, JdbcClient jdbc) {
        this.transactions = transactions;
        this.others = others;
        this.jdbc = jdbc;
    }

    @Override
    public void write(AuditRecord act) {
        transactions.run(() -> statement(WRITE, act).update());
    }

    @Override
    public void writeOncePerHour(AuditRecord act) {
        OfHour key = OfHour.of(TenantContext.required(), act);
        if (standing.getIfPresent(key) != null) {
            return;
        }
        transactions.run(() -> {
            Duration rest = writtenOnce(act);
            transactions.afterCommit(() -> standing.put(key, rest));
        });
    }

    @Override
    public void writeFor(TenantId owner, AuditRecord act) {
        others.run(owner, () -> statement(WRITE, act).update());
    }

    @Override
    public void writeOncePerHourFor(TenantId owner, AuditRecord act) {
        OfHour key = OfHour.of(owner, act);
        if (standing.getIfPresent(key) != null) {
            return;
        }
        AtomicReference<Duration> rest = new AtomicReference<>(Duration.ZERO);
        others.run(owner, () -> rest.set(writtenOnce(act)));
        standing.put(key, Objects.requireNonNull(rest.get()));
    }

    /** How long it stands for all of its kind. */
    private Duration writtenOnce(AuditRecord act) {
        statement(WRITE_ONCE, act).update();
        return Duration.ofMillis(jdbc.sql(REST_OF_THE_HOUR).query(Long.class).single());
    }

    private JdbcClient.StatementSpec statement(String sql, AuditRecord act) {
        AuditObject object = act.object();
        return jdbc.sql(sql)
                .param("actor", act.actor())
                .param("role", act.role())
                .param("key_id", act.keyId())
                .param("action", act.action())
                .param("object_type", object == null ? null : object.type())
                .param("object_id", object == null ? null : object.id())
                .param("outcome", act.outcome().name())
                .param("code", act.code())
                .param("remote_address", act.origin().remoteAddress())
                .param("trace_id", act.origin().traceId());
    }
}
