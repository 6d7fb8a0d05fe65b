package dev.taskorder.activities.webhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.taskorder.activities.outbound.UrlGuard;
import dev.taskorder.activities.tenant.TenantTransactions;
import dev.taskorder.api.page.PageRequest;
import dev.taskorder.api.principal.Principal;
import dev.taskorder.api.principal.Role;
import dev.taskorder.api.tenant.TenantId;
import dev.taskorder.api.webhook.Webhook;
import dev.taskorder.api.webhook.WebhookSpec;
import dev.taskorder.api.webhook.Webhooks;
import dev.taskorder.api.webhook.Webhooks.PutResult;
import dev.taskorder.api.webhook.Webhooks.ReplayResult;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Webhooks are made, changed, listed and removed; their secrets are told once and kept sealed. */
class WebhooksTest {
    private final Hooks hooks = Hooks.fresh();

    @Test
    void the_secret_is_told_once_and_kept_sealed() {
        String secret = hooks.put("hook").secret();
        assertThat(secret).startsWith("whsec_");
        byte[] bytes = Base64.getDecoder().decode(secret.substring("whsec_".length()));
        assertThat(bytes).hasSize(32);

        assertThat(hooks.put("hook").secret()).isNull();
        byte[] kept = hooks.tenant().sql(jdbc -> jdbc.sql("SELECT secret FROM webhook")
                .query(byte[].class)
                .single());
        assertThat(contains(kept, bytes)).isFalse();
        hooks.happensAndIsLookedAt("a");
        WebhookCall call = hooks.claim().get(0);
        assertThat(call.secret()).extracting(WebhookSecret::text).isEqualTo(secret);
        assertThat(call.toString()).doesNotContain(secret.substring(6)).contains("whsec_…");
        assertThat(hooks.put("other").toString()).isEqualTo("Put[other]");
    }

    private static boolean contains(byte[] all, byte[] part) {
        return new String(all, StandardCharsets.ISO_8859_1).contains(new String(part, StandardCharsets.ISO_8859_1));
    }

    @Test
    void a_sealed_secret_opens_for_its_own_webhook_and_under_its_own_key_alone() {
        SecureRandom random = new SecureRandom();
        SecretSeal seal = SecretSeal.of("AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=", random);
        TenantId tenant = hooks.tenant().id();
        WebhookSecret secret = WebhookSecret.make(random);
        byte[] kept = secret.sealed(seal, tenant, "hook");
        assertThat(WebhookSecret.opened(seal, kept, tenant, "hook").text()).isEqualTo(secret.text());
        assertThat(secret.sealed(seal, tenant, "hook"))
                .as("never the same twice")
                .isNotEqualTo(kept);
        assertThatThrownBy(() -> WebhookSecret.opened(seal, kept, tenant, "other"))
                .hasMessageContaining("cannot be read");
        SecretSeal another = SecretSeal.of("//ECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=", random);
        assertThatThrownBy(() -> WebhookSecret.opened(another, kept, tenant, "hook"))
                .hasMessageContaining("taskorder.webhooks.secret-key");
        assertThatThrownBy(() -> SecretSeal.of("AAEC", random)).hasMessageContaining("must have 32 bytes, has 3");
    }

    @Test
    void without_a_key_of_the_installation_there_are_no_webhooks_and_the_setting_is_named() {
        Webhooks none = new JdbcWebhooks(
                hooks.tenant().bean(TenantTransactions.class),
                hooks.tenant().bean(JdbcClient.class),
                new UrlGuard(false),
                SecretSeal.of("", new SecureRandom()));
        assertThat(hooks.tenant().as(() -> none.put(spec("https://93.184.215.14/"), me())))
                .isEqualTo(new PutResult.NoKey("taskorder.webhooks.secret-key"));
    }

    @Test
    void an_address_that_may_not_be_called_is_refused_and_nothing_is_kept() {
        for (String url : List.of(
                "http://93.184.215.14/", "https://127.0.0.1/", "https://10.0.0.1/", "https://u:p@93.184.215.14/")) {
            assertThat(hooks.tenant().as(() -> hooks.webhooks().put(spec(url), me())))
                    .as(url)
                    .isInstanceOf(PutResult.BadUrl.class);
        }
        assertThat(list()).isEmpty();
    }

    @Test
    void a_tenant_has_at_most_twenty() {
        for (int i = 0; i < Webhooks.PER_TENANT; i++) {
            hooks.put("hook-" + i);
        }
        assertThat(hooks.put("one-more", me(), null, "*")).isInstanceOf(PutResult.TooMany.class);
        assertThat(hooks.put("hook-7").webhook().spec().webhookId()).isEqualTo("hook-7");
    }

    @Test
    void a_put_changes_what_is_there_and_makes_it_its_callers() {
        hooks.taking("hook", "dev", "asset.changed");
        Principal other = new Principal("another", TenantId.SYSTEM, Role.OPERATOR, "key");
        hooks.put("hook", other, null, "asset.banned", "asset.changed");

        Webhook webhook = hooks.webhook("hook");
        assertThat(webhook.owner()).isEqualTo("another");
        assertThat(webhook.spec())
                .isEqualTo(new WebhookSpec("hook", Hooks.URL, List.of("asset.banned", "asset.changed"), null));
        assertThat(webhook.updatedAt()).isAfter(webhook.createdAt());
    }

    @Test
    void they_are_listed_by_id_page_by_page() {
        List.of("c", "a", "b").forEach(hooks::put);
        var first = hooks.tenant().as(() -> hooks.webhooks().list(new PageRequest(2, null)));
        assertThat(first.items())
                .extracting(webhook -> webhook.spec().webhookId())
                .containsExactly("a", "b");
        var second = hooks.tenant().as(() -> hooks.webhooks().list(new PageRequest(2, first.nextCursor())));
        assertThat(second.items())
                .extracting(webhook -> webhook.spec().webhookId())
                .containsExactly("c");
        assertThat(second.nextCursor()).isNull();
    }

    @Test
    void deliveries_are_listed_newest_first_page_by_page() {
        hooks.put("hook");
        hooks.happensAndIsLookedAt("a", "b", "c");
        var first = hooks.tenant()
                .as(() -> hooks.webhooks().deliveries("hook", new PageRequest(2, null)))
                .orElseThrow();
        assertThat(first.items()).extracting(delivery -> delivery.seq()).containsExactly(3L, 2L);
        var rest = hooks.tenant()
                .as(() -> hooks.webhooks().deliveries("hook", new PageRequest(2, first.nextCursor())))
                .orElseThrow();
        assertThat(rest.items()).extracting(delivery -> delivery.seq()).containsExactly(1L);
        assertThat(hooks.tenant().as(() -> hooks.webhooks().deliveries("none", new PageRequest(2, null))))
                .isEmpty();
    }

    @Test
    void one_that_is_removed_is_gone_with_its_deliveries_and_can_be_made_anew() {
        hooks.put("hook");
        hooks.put("other");
        hooks.happensAndIsLookedAt("a");
        WebhookCall onItsWay = hooks.claim().get(0);
        assertThat(delete("hook")).isTrue();
        assertThat(delete("hook")).isFalse();
        hooks.end(onItsWay, WebhookCall.How.DELIVERED);

        assertThat(hooks.tenant().as(() -> hooks.webhooks().find("hook"))).isEmpty();
        assertThat(hooks.deliveries("other")).hasSize(1);
        hooks.put("hook");
        assertThat(hooks.deliveries("hook")).isEmpty();
        hooks.happensAndIsLookedAt("b");
        assertThat(hooks.deliveries("hook")).hasSize(1);
    }

    @Test
    void what_is_not_there_or_disabled_is_not_sent_again() {
        assertThat(hooks.tenant().as(() -> hooks.webhooks().replay("none", UUID.randomUUID())))
                .isInstanceOf(ReplayResult.NotFound.class);
        hooks.put("hook");
        assertThat(hooks.tenant().as(() -> hooks.webhooks().replay("hook", UUID.randomUUID())))
                .isInstanceOf(ReplayResult.NotFound.class);
        hooks.happensAndIsLookedAt("a");
        hooks.end(hooks.claim(), WebhookCall.How.GONE);
        UUID id = hooks.deliveries("hook").get(0).deliveryId();
        assertThat(hooks.tenant().as(() -> hooks.webhooks().replay("hook", id)))
                .isEqualTo(new ReplayResult.Disabled(Webhook.Why.GONE));
    }

    private boolean delete(String id) {
        return hooks.tenant().as(() -> hooks.webhooks().delete(id));
    }

    private List<Webhook> list() {
        return hooks.tenant()
                .as(() -> hooks.webhooks().list(new PageRequest(200, null)))
                .items();
    }

    private static WebhookSpec spec(String url) {
        return new WebhookSpec("hook", url, List.of("*"), null);
    }

    private Principal me() {
        return new Principal("me", hooks.tenant().id(), Role.TENANT_ADMIN, null);
    }
}
