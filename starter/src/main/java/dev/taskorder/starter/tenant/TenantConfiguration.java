package dev.taskorder.starter.tenant;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** What binds tenants for work that no request asked for. */
@Configuration(proxyBeanMethods = false)
public class TenantConfiguration {
    @Bean
    BackgroundRunner backgroundRunner() {
        return new BackgroundRunner();
    }
}
