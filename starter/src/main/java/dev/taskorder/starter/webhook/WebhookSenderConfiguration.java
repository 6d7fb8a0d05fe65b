package dev.taskorder.starter.webhook;

import dev.taskorder.activities.outbound.UrlGuard;
import dev.taskorder.activities.thread.OwnThreads;
import dev.taskorder.activities.webhook.WebhookQueue;
import dev.taskorder.starter.relay.Seen;
import dev.taskorder.starter.role.InRole;
import dev.taskorder.starter.role.Role;
import dev.taskorder.starter.tenant.BackgroundRunner;
import java.time.Clock;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Who calls webhooks: processes that do maintenance, and several share it. */
@Configuration(proxyBeanMethods = false)
@InRole(Role.MAINTENANCE)
public class WebhookSenderConfiguration {
    @Bean(destroyMethod = "shutdownNow")
    ScheduledExecutorService webhookTimer() {
        return Executors.newSingleThreadScheduledExecutor(OwnThreads.daemons("webhook-timer"));
    }

    @Bean
    WebhookClient.Times webhookTimes() {
        return WebhookClient.Times.USUAL;
    }

    @Bean
    WebhookClient webhookClient(
            UrlGuard webhookUrls, ScheduledExecutorService webhookTimer, WebhookClient.Times webhookTimes) {
        return new WebhookClient(webhookUrls, Clock.systemUTC(), webhookTimer, webhookTimes);
    }

    @Bean
    WebhookLoop webhookLoop(WebhookQueue queue, WebhookClient client, BackgroundRunner runner, Seen seen) {
        WebhookLoop loop = new WebhookLoop(queue, client, runner);
        seen.onEach(loop::seen);
        return loop;
    }
}
