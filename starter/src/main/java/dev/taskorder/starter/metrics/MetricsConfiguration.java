package dev.taskorder.starter.metrics;

import dev.taskorder.activities.order.OrderEnds;
import io.micrometer.core.instrument.MeterRegistry;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** {@code taskorder.metrics.tenants}: how many tenants a meter names. */
@Configuration(proxyBeanMethods = false)
public class MetricsConfiguration {
    @Bean
    OrderMeters orderMeters(
            MeterRegistry registry, OrderEnds ends, @Value("${taskorder.metrics.tenants:20}") int tenantsNamed) {
        OrderMeters meters = new OrderMeters(registry, tenantsNamed);
        ends.listen(task -> meters.ended());
        return meters;
    }
}
