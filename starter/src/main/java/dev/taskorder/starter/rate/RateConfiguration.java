package dev.taskorder.starter.rate;

import dev.taskorder.api.policy.Policies;
import dev.taskorder.starter.metrics.OrderMeters;
import dev.taskorder.starter.temporal.Backlogs;
import io.github.bucket4j.TimeMeter;
import java.util.concurrent.locks.LockSupport;
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

    /** When it is known that it may: who is refused waits for no turn. */
    private static final int LAST = 1;

    private final Policies policies;
    private final Backlogs backlogs;
    private final OrderMeters meters;

    RateConfiguration(Policies policies, Backlogs backlogs, OrderMeters meters) {
        this.policies = policies;
        this.backlogs = backlogs;
        this.meters = meters;
    }

    @Override
    public void addInterceptors(InterceptorRegistry registry) {
        registry.addInterceptor(new RateInterceptor(new CreateRates(policies, TimeMeter.SYSTEM_NANOTIME), meters))
                .order(FIRST);
        CreateTurns turns = new CreateTurns(backlogs, System::nanoTime, LockSupport::parkNanos);
        registry.addInterceptor(new TurnInterceptor(turns, meters)).order(LAST);
    }
}
