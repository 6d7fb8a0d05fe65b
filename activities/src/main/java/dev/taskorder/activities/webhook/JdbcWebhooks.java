package dev.taskorder.activities.webhook;

import dev.taskorder.activities.outbound.UrlGuard;
import dev.taskorder.activities.tenant.TenantTransactions;
import dev.taskorder.api.page.Cursor;
import dev.taskorder.api.page.Listing;
import dev.taskorder.api.page.Page;
import dev.taskorder.api.page.PageRequest;
import dev.taskorder.api.principal.Principal;
import dev.taskorder.api.tenant.TenantContext;
import dev.taskorder.api.webhook.Webhook;
import dev.taskorder.api.webhook.WebhookDelivery;
import dev.taskorder.api.webhook.WebhookSpec;
import dev.taskorder.api.webhook.Webhooks;
import java.security.SecureRandom;
import java.sql.Types;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Writes {@code webhook}, but for what calls find out. */
final class JdbcWebhooks implements Webhooks {
    private static final String LIST = "webhooks";
    private static final String DELIVERIES = "deliveries";

    /**
     * Who adds and removes webhooks of one tenant takes turns, also with who looks at its events: the first seq of a webhook is one that
     * nobody has looked at yet.
     */
    private static final String TURN = """
            INSERT INTO webhook_fan_out (fanned_seq) SELECT last FROM tenant_seq WHERE tenant_id = current_tenant()
                ON CONFLICT ON CONSTRAINT webhook_fan_out_pkey DO UPDATE SET fanned_seq = webhook_fan_out.fanned_seq
            """;

    private static final String COUNT = "SELECT count(*) FROM webhook WHERE tenant_id = current_tenant()";

    private static final String INSERT = """
            INSERT INTO webhook (webhook_id, url, types, env, secret, owner, owner_tenant, owner_key, since_seq)
            SELECT :webhook, :url, :types, :only_env, :secret, :owner, :owner_tenant, :owner_key, last
              FROM tenant_seq WHERE tenant_id = current_tenant()
            """;

    private static final String UPDATE = """
            UPDATE webhook SET url = :url, types = :types, env = :only_env, status = 'ENABLED', why = NULL, owner = :owner,
                   owner_tenant = :owner_tenant, owner_key = :owner_key, failing_since = NULL, updated_at = clock_timestamp()
             WHERE tenant_id = current_tenant() AND webhook_id = :webhook
            """;

    private static final String FIND = """
            SELECT %s FROM webhook WHERE tenant_id = current_tenant() AND webhook_id = :webhook
            """.formatted(WebhookRows.WEBHOOK);

    private static final String PAGE = """
            SELECT %s FROM webhook WHERE tenant_id = current_tenant() AND webhook_id > :after
             ORDER BY webhook_id LIMIT :rows
            """.formatted(WebhookRows.WEBHOOK);

    private static final String END = """
            UPDATE webhook SET status = 'DISABLED', why = 'deleted' WHERE tenant_id = current_tenant() AND webhook_id = :webhook
            """;

    private static final String DELETE_SOME = """
            DELETE FROM webhook_delivery
             WHERE tenant_id = current_tenant() AND webhook_id = :webhook AND seq IN (
                   SELECT seq FROM webhook_delivery WHERE tenant_id = current_tenant() AND webhook_id = :webhook
                    ORDER BY seq LIMIT :max)
            """;

    private static final String DELETE =
            "DELETE FROM webhook WHERE tenant_id = current_tenant() AND webhook_id = :webhook";

    private static final String END_FAN_OUT = """
            DELETE FROM webhook_fan_out
             WHERE tenant_id = current_tenant() AND NOT EXISTS (SELECT FROM webhook WHERE tenant_id = current_tenant())
            """;

    static final String DELIVERY_PAGE = """
            SELECT %s FROM webhook_delivery
             WHERE tenant_id = current_tenant() AND webhook_id = :webhook AND seq < :before_seq
             ORDER BY seq DESC LIMIT :rows
            """.formatted(WebhookRows.DELIVERY);

    private static final String WHY =
            "SELECT coalesce(why, '') FROM webhook WHERE tenant_id = current_tenant() AND webhook_id = :webhook FOR UPDATE";

    /** The first is found by its day, and from there by its seq; a second replay makes one of both. */
    private static final String REPLAY_FROM = """
            WITH part AS MATERIALIZED (
                SELECT coalesce((SELECT e.seq FROM task_event e
                                  WHERE e.tenant_id = current_tenant() AND e.seq IS NOT NULL AND e.occurred_at >= :from
                                  ORDER BY e.seq LIMIT 1), s.last + 1) AS first, s.last
                  FROM tenant_seq s WHERE s.tenant_id = current_tenant()
            ), begun AS (
                UPDATE webhook w
                   SET replay_after = least(w.replay_after, p.first - 1), replay_to = greatest(w.replay_to, p.last)
                  FROM part p
                 WHERE w.tenant_id = current_tenant() AND w.webhook_id = :webhook AND p.first <= p.last
            )
            SELECT first, last FROM part
            """;

    private static final String REPLAY_ONE = """
            UPDATE webhook_delivery SET status = 'PENDING', attempts = 0, next_attempt_at = now(), over_at = NULL
             WHERE tenant_id = current_tenant() AND webhook_id = :webhook AND delivery_id = :delivery
            RETURNING seq
            """;

    private static final int DELETED_AT_ONCE = 5_000;

    private final TenantTransactions transactions;
    private final JdbcClient jdbc;
    private final UrlGuard urls;
    private final SecretSeal seal;
    private final SecureRandom random = new SecureRandom();

    JdbcWebhooks(TenantTransactions transactions, JdbcClient jdbc, UrlGuard urls, SecretSeal seal) {
        this.transactions = transactions;
        this.jdbc = jdbc;
        this.urls = urls;
        this.seal = seal;
    }

    @Override
    public PutResult put(WebhookSpec spec, Principal owner) {
        if (!seal.isThere()) {
            return new PutResult.NoKey(SecretSeal.SETTING);
        }
        // the name service may take its time, and no connection is held meanwhile
        if (urls.check(spec.url()) instanceof UrlGuard.Verdict.Refused refused) {
            return new PutResult.BadUrl(refused.reason());
        }
        return transactions.in(() -> {
            jdbc.sql(TURN).update();
            if (find(spec.webhookId()).isPresent()) {
                params(UPDATE, spec, owner).update();
                return new PutResult.Put(find(spec.webhookId()).orElseThrow(), null);
            }
            if (jdbc.sql(COUNT).query(Integer.class).single() >= PER_TENANT) {
                return new PutResult.TooMany();
            }
            WebhookSecret secret = WebhookSecret.make(random);
            params(INSERT, spec, owner)
                    .param("secret", secret.sealed(seal, TenantContext.required(), spec.webhookId()))
                    .update();
            return new PutResult.Put(find(spec.webhookId()).orElseThrow(), secret.text());
        });
    }

    private JdbcClient.StatementSpec params(String sql, WebhookSpec spec, Principal owner) {
        return jdbc.sql(sql)
                .param("webhook", spec.webhookId())
                .param("url", spec.url())
                .param("types", spec.types().toArray(String[]::new))
                .param("only_env", spec.env(), Types.VARCHAR)
                .param("owner", owner.name())
                .param("owner_tenant", owner.tenant().value())
                .param("owner_key", owner.keyId(), Types.VARCHAR);
    }

    @Override
    public Optional<Webhook> find(String webhookId) {
        return transactions.in(() -> jdbc.sql(FIND)
                .param("webhook", webhookId)
                .query(WebhookRows::webhook)
                .optional());
    }

    @Override
    public Page<Webhook> list(PageRequest page) {
        Listing listing = Listing.of(TenantContext.required(), LIST);
        String after = page.cursor() == null
                ? ""
                : Cursor.name(Cursor.decode(listing, 1, page.cursor()).get(0));
        List<Webhook> rows = transactions.in(() -> jdbc.sql(PAGE)
                .param("after", after)
                .param("rows", page.limit() + 1)
                .query(WebhookRows::webhook)
                .list());
        if (rows.size() <= page.limit()) {
            return new Page<>(rows, null);
        }
        String last = rows.get(page.limit() - 1).spec().webhookId();
        return new Page<>(rows.subList(0, page.limit()), Cursor.encode(listing, last));
    }

    /** Its deliveries may be many: a few at a time, and what is left of a call that broke off is removed by the next. */
    @Override
    public boolean delete(String webhookId) {
        boolean isThere =
                transactions.in(() -> jdbc.sql(END).param("webhook", webhookId).update()) == 1;
        if (isThere) {
            while (transactions.in(() -> deleteSome(webhookId)) == DELETED_AT_ONCE) {}
            transactions.run(() -> deleteTheRest(webhookId));
        }
        return isThere;
    }

    private void deleteTheRest(String webhookId) {
        jdbc.sql(TURN).update();
        while (deleteSome(webhookId) == DELETED_AT_ONCE) {}
        jdbc.sql(DELETE).param("webhook", webhookId).update();
        jdbc.sql(END_FAN_OUT).update();
    }

    private int deleteSome(String webhookId) {
        return jdbc.sql(DELETE_SOME)
                .param("webhook", webhookId)
                .param("max", DELETED_AT_ONCE)
                .update();
    }

    @Override
    public Optional<Page<WebhookDelivery>> deliveries(String webhookId, PageRequest page) {
        Listing listing = Listing.of(TenantContext.required(), DELIVERIES, webhookId);
        long before = page.cursor() == null
                ? Long.MAX_VALUE
                : Cursor.number(Cursor.decode(listing, 1, page.cursor()).get(0));
        return transactions.in(
                () -> find(webhookId).map(there -> deliveries(webhookId, page.limit(), before, listing)));
    }

    private Page<WebhookDelivery> deliveries(String webhookId, int limit, long before, Listing listing) {
        List<WebhookDelivery> rows = jdbc.sql(DELIVERY_PAGE)
                .param("webhook", webhookId)
                .param("before_seq", before)
                .param("rows", limit + 1)
                .query(WebhookRows::delivery)
                .list();
        return rows.size() <= limit
                ? new Page<>(rows, null)
                : new Page<>(
                        rows.subList(0, limit),
                        Cursor.encode(listing, Long.toString(rows.get(limit - 1).seq())));
    }

    @Override
    public ReplayResult replayFrom(String webhookId, Instant from) {
        return transactions.in(() -> refusal(webhookId).orElseGet(() -> jdbc.sql(REPLAY_FROM)
                .param("webhook", webhookId)
                .param("from", from.atOffset(ZoneOffset.UTC))
                .query((row, n) -> new ReplayResult.Begun(row.getLong("first"), row.getLong("last")))
                .single()));
    }

    @Override
    public ReplayResult replay(String webhookId, UUID deliveryId) {
        return transactions.in(() -> refusal(webhookId).orElseGet(() -> jdbc.sql(REPLAY_ONE)
                .param("webhook", webhookId)
                .param("delivery", deliveryId)
                .query(Long.class)
                .optional()
                .<ReplayResult>map(seq -> new ReplayResult.Begun(seq, seq))
                .orElseGet(ReplayResult.NotFound::new)));
    }

    private Optional<ReplayResult> refusal(String webhookId) {
        @Nullable
        String why = jdbc.sql(WHY)
                .param("webhook", webhookId)
                .query(String.class)
                .optional()
                .orElse(null);
        if (why == null) {
            return Optional.of(new ReplayResult.NotFound());
        }
        return why.isEmpty() ? Optional.empty() : Optional.of(new ReplayResult.Disabled(Webhook.Why.of(why)));
    }
}
