package dev.taskorder.starter.tenant;

import dev.taskorder.api.tenant.Tenants;
import dev.taskorder.starter.audit.RefusedCalls;
import dev.taskorder.starter.metrics.OrderMeters;
import dev.taskorder.starter.role.InRole;
import dev.taskorder.starter.role.Role;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;
import org.springframework.web.servlet.HandlerExceptionResolver;
import org.springframework.web.servlet.config.annotation.InterceptorRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;

/** What binds the tenants of requests, where any are served. */
@Configuration(proxyBeanMethods = false)
@InRole(Role.API)
public class TenantFilterConfiguration implements WebMvcConfigurer {
    private final ObjectProvider<RefusedCalls> refusals;
    private final ObjectProvider<OrderMeters> meters;

    TenantFilterConfiguration(ObjectProvider<RefusedCalls> refusals, ObjectProvider<OrderMeters> meters) {
        this.refusals = refusals;
        this.meters = meters;
    }

    @Override
    public void addInterceptors(InterceptorRegistry registry) {
        // before all others: whose it is comes before who may do it
        registry.addInterceptor(new PathTenantInterceptor(refusals.getObject()))
                .addPathPatterns("/v1/**")
                .order(Ordered.HIGHEST_PRECEDENCE);
        registry.addInterceptor(new BeginsWorkInterceptor(meters.getObject()));
    }

    @Bean
    FilterRegistrationBean<TenantFilter> tenantFilter(
            Authentication callers,
            RefusedCalls refusals,
            Tenants tenants,
            @Qualifier("requestMappingHandlerMapping") ObjectProvider<RequestMappingHandlerMapping> mapping,
            @Qualifier("handlerExceptionResolver") HandlerExceptionResolver problems) {
        FilterRegistrationBean<TenantFilter> registration = new FilterRegistrationBean<>(
                new TenantFilter(new ActedTenant(callers, refusals, tenants), new Routes(mapping), problems));
        registration.addUrlPatterns("/v1/*");
        return registration;
    }
}
