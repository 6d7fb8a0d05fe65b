package dev.taskorder.starter.web;

import java.util.List;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;
import org.springframework.core.env.Environment;
import org.springframework.http.converter.HttpMessageConverters;
import org.springframework.http.converter.json.JacksonJsonHttpMessageConverter;
import org.springframework.web.method.support.HandlerMethodArgumentResolver;
import org.springframework.web.servlet.config.annotation.ContentNegotiationConfigurer;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

/** What all endpoints share: the JSON dialect, the trace and the caller. */
@Configuration(proxyBeanMethods = false)
public class WebConfiguration implements WebMvcConfigurer {
    @Override
    public void configureMessageConverters(HttpMessageConverters.ServerBuilder builder) {
        builder.withJsonConverter(new JacksonJsonHttpMessageConverter(Json.MAPPER));
    }

    @Override
    public void configureContentNegotiation(ContentNegotiationConfigurer configurer) {
        configurer.strategies(List.of(new AcceptHeader()));
    }

    @Override
    public void addArgumentResolvers(List<HandlerMethodArgumentResolver> resolvers) {
        resolvers.add(new CallerArgument());
    }

    @Bean
    FilterRegistrationBean<TraceFilter> traceFilter() {
        FilterRegistrationBean<TraceFilter> registration = new FilterRegistrationBean<>(new TraceFilter());
        registration.setOrder(Ordered.HIGHEST_PRECEDENCE);
        return registration;
    }

    @Bean
    FilterRegistrationBean<PlainPath> plainPath() {
        FilterRegistrationBean<PlainPath> registration = new FilterRegistrationBean<>(new PlainPath());
        registration.setOrder(Ordered.HIGHEST_PRECEDENCE + 2);
        return registration;
    }

    @Bean
    FilterRegistrationBean<OwnHost> ownHost(
            @Value("${" + EdgeConfiguration.ORIGINS + ":}") String origins, Environment environment) {
        FilterRegistrationBean<OwnHost> registration = ownHostFilter(EdgeConfiguration.each(origins));
        // a page of somebody else's has no key to send, and a proxy sends the name that it is called by
        registration.setEnabled(SecuritySettings.in(environment).contains(SecuritySettings.Way.TENANT_HEADER));
        return registration;
    }

    /** After the trace, so that a refusal can be found again; before anything that believes the request. */
    static FilterRegistrationBean<OwnHost> ownHostFilter(List<String> origins) {
        FilterRegistrationBean<OwnHost> registration = new FilterRegistrationBean<>(new OwnHost(origins));
        registration.setOrder(Ordered.HIGHEST_PRECEDENCE + 1);
        return registration;
    }
}
