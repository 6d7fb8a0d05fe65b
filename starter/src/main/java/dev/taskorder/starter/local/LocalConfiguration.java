package dev.taskorder.starter.local;

import dev.taskorder.activities.policy.TenantRegistry;
import dev.taskorder.api.asset.Assets;
import dev.taskorder.starter.tenant.BackgroundRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Profile;
import org.springframework.core.env.Environment;

/** What the application itself does for local mode. */
@Configuration(proxyBeanMethods = false)
@Profile(LocalMode.PROFILE)
public class LocalConfiguration {
    @Bean
    LocalSeed localSeed(BackgroundRunner background, TenantRegistry tenants, Assets assets) {
        return new LocalSeed(background, tenants, assets);
    }

    @Bean
    ReadyLine readyLine(LocalServers servers, Environment environment) {
        return new ReadyLine(servers, environment);
    }
}
