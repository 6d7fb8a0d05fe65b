package dev.taskorder.starter.audit;

import com.github.benmanes.caffeine.cache.Ticker;
import dev.taskorder.api.audit.AuditLog;
import io.micrometer.core.instrument.MeterRegistry;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.servlet.config.annotation.InterceptorRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

/** Puts the audit around all controllers. */
@Configuration(proxyBeanMethods = false)
public class AuditWebConfiguration implements WebMvcConfigurer {
    private final ObjectProvider<AuditInterceptor> interceptor;

    AuditWebConfiguration(ObjectProvider<AuditInterceptor> interceptor) {
        this.interceptor = interceptor;
    }

    @Bean
    static RefusedCalls refusedCalls(AuditLog audit, MeterRegistry metrics) {
        return new RefusedCalls(audit, metrics, Ticker.systemTicker());
    }

    @Override
    public void addInterceptors(InterceptorRegistry registry) {
        registry.addInterceptor(interceptor.getObject()).addPathPatterns("/v1/**");
    }
}
