package dev.taskorder.starter.rate;

import dev.taskorder.api.policy.Policies;
import dev.taskorder.starter.metrics.OrderMeters;
import io.github.bucket4j.TimeMeter;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.servlet.config.annotation.InterceptorRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

/** {@code taskorder.rates.enabled}: local mode limits no rates. */
@Configuration(proxyBeanMethods = false)
@ConditionalOnBooleanProperty("taskorder.rates.enabled")
public class RateConfiguration implements WebMvcConfigurer {
    /** Before it is asked whether the tenant may begin work at all. */
    private static final int FIRST = -1;

    private final Policies policies;
    private final OrderMeters meters;

    RateConfiguration(Policies policies, OrderMeters meters) {
        this.policies = policies;
        this.meters = meters;
    }

    @Override
    public void addInterceptors(InterceptorRegistry registry) {
        registry.addInterceptor(new RateInterceptor(new CreateRates(policies, TimeMeter.SYSTEM_NANOTIME), meters))
                .order(FIRST);
    }
}
