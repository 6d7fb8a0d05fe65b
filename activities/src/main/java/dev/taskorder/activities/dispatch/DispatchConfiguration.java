package dev.taskorder.activities.dispatch;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The wake-up that everyone who commits dispatch work shares with the dispatcher. */
@Configuration(proxyBeanMethods = false)
public class DispatchConfiguration {
    @Bean
    DispatchSignal dispatchSignal() {
        return new DispatchSignal();
    }
}
