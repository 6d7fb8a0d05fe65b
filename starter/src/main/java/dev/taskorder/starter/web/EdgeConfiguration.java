package dev.taskorder.starter.web;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.catalina.valves.RemoteIpValve;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.tomcat.servlet.TomcatServletWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;
import org.springframework.web.cors.CorsConfiguration;
import org.springframework.web.cors.UrlBasedCorsConfigurationSource;
import org.springframework.web.filter.CorsFilter;

/** Who in front of us is believed: pages of which origins, and which proxies. Nobody, unless a setting names them. */
@Configuration(proxyBeanMethods = false)
class EdgeConfiguration {
    static final String ORIGINS = "taskorder.cors-allowed-origins";
    private static final String PROXIES = "taskorder.trusted-proxies";
    private static final long PREFLIGHT_CACHED_S = 600;

    private static final List<String> REQUEST_HEADERS = List.of(
            "Accept",
            "Authorization",
            "Content-Type",
            "Idempotency-Key",
            "If-Match",
            "Last-Event-ID",
            "Prefer",
            "tenant",
            "traceparent");
    private static final List<String> ANSWER_HEADERS =
            List.of("ETag", "Idempotent-Replayed", "Location", "RateLimit", "RateLimit-Policy", "Retry-After");

    /** Before who asks is looked at: a browser's question whether it may ask comes without that. */
    @Bean
    @ConditionalOnProperty(ORIGINS)
    FilterRegistrationBean<CorsFilter> pagesOfOthers(@Value("${" + ORIGINS + "}") String origins) {
        CorsConfiguration cors = new CorsConfiguration();
        cors.setAllowedOrigins(each(origins));
        cors.setAllowedMethods(List.of("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"));
        cors.setAllowedHeaders(REQUEST_HEADERS);
        cors.setExposedHeaders(ANSWER_HEADERS);
        cors.setAllowCredentials(false);
        cors.setMaxAge(PREFLIGHT_CACHED_S);
        UrlBasedCorsConfigurationSource paths = new UrlBasedCorsConfigurationSource();
        paths.registerCorsConfiguration("/v1/**", cors);
        FilterRegistrationBean<CorsFilter> registration = new FilterRegistrationBean<>(new CorsFilter(paths));
        registration.setOrder(Ordered.HIGHEST_PRECEDENCE + 3);
        return registration;
    }

    /** {@code X-Forwarded-For} and {@code X-Forwarded-Proto}, from these addresses only. */
    @Bean
    @ConditionalOnProperty(PROXIES)
    WebServerFactoryCustomizer<TomcatServletWebServerFactory> trustedProxies(
            @Value("${" + PROXIES + "}") String proxies) {
        String addresses = each(proxies).stream()
                .map(EdgeConfiguration::asTheContainerWritesIt)
                .collect(Collectors.joining("|"));
        return factory -> {
            RemoteIpValve valve = new RemoteIpValve();
            valve.setInternalProxies(addresses);
            valve.setRemoteIpHeader("X-Forwarded-For");
            valve.setProtocolHeader("X-Forwarded-Proto");
            factory.addEngineValves(valve);
        };
    }

    /** What stands between commas; nothing if there is nothing. */
    static List<String> each(String setting) {
        return setting.isBlank()
                ? List.of()
                : Arrays.stream(setting.split(",")).map(String::strip).toList();
    }

    private static String asTheContainerWritesIt(String address) {
        try {
            return Pattern.quote(InetAddress.getByName(address).getHostAddress());
        } catch (UnknownHostException unknown) {
            throw new IllegalArgumentException(PROXIES + ": '" + address + "' is not an address", unknown);
        }
    }
}
