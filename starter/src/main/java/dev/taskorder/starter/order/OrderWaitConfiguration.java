package dev.taskorder.starter.order;

import dev.taskorder.activities.order.OrderEnds;
import dev.taskorder.api.order.TaskOrders;
import dev.taskorder.starter.event.EventTail;
import dev.taskorder.starter.role.InRole;
import dev.taskorder.starter.role.Role;
import dev.taskorder.starter.tenant.BackgroundRunner;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Callers who wait for the end of an order. */
@Configuration(proxyBeanMethods = false)
@InRole(Role.API)
public class OrderWaitConfiguration {
    @Bean
    OrderWaits orderWaits(
            TaskOrders orders,
            BackgroundRunner background,
            OrderEnds ends,
            EventTail tail,
            @Value("${taskorder.waiting-callers-max:1000}") int waitersMax) {
        return new OrderWaits(orders, background, ends, tail, waitersMax);
    }
}
