package dev.taskorder.starter.local;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Profile;
import org.springframework.core.env.Environment;

/** What the application itself does for local mode. */
@Configuration(proxyBeanMethods = false)
@Profile(LocalMode.PROFILE)
public class LocalConfiguration {
    @Bean
    ReadyLine readyLine(LocalServers servers, Environment environment) {
        return new ReadyLine(servers, environment);
    }
}
