package dev.taskorder.starter.local;

import dev.taskorder.activities.policy.TenantRegistry;
import dev.taskorder.api.asset.Assets;
import dev.taskorder.starter.tenant.BackgroundRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Profile;
import org.springframework.core.env.Environment;

/** What the application itself does on a developer's machine. */
@Configuration(proxyBeanMethods = false)
public class LocalConfiguration {
    private static final String COMPOSE = "compose";

    /** Also beside the servers of docker-compose.yml, for there is no call yet that makes a tenant. */
    @Bean
    @Profile({LocalMode.PROFILE, COMPOSE})
    LocalSeed localSeed(BackgroundRunner background, TenantRegistry tenants, Assets assets) {
        return new LocalSeed(background, tenants, assets);
    }

    @Bean
    @Profile(LocalMode.PROFILE)
    ReadyLine readyLine(LocalServers servers, Environment environment) {
        return new ReadyLine(servers, environment);
    }
}
