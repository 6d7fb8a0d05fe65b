package dev.taskorder.starter.rate;

import dev.taskorder.api.policy.Policies;
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

    RateConfiguration(Policies policies) {
        this.policies = policies;
    }

    @Override
    public void addInterceptors(InterceptorRegistry registry) {
        registry.addInterceptor(new RateInterceptor(new CreateRates(policies, TimeMeter.SYSTEM_NANOTIME)))
                .order(FIRST);
    }
}
