package dev.taskorder.starter.security;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.web.SecurityFilterChain;

/**
 * Everything but the API, in processes of every role: health and metrics ask nobody who they are, and are guarded by where their
 * port listens. Without a word about it the framework would put a login before them where no API is served.
 */
@Configuration(proxyBeanMethods = false)
public class OtherPaths {
    @Bean
    SecurityFilterChain noOtherPath(HttpSecurity http) {
        return http.securityMatcher(request -> false).build();
    }
}
