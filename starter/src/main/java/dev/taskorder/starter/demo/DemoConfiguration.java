package dev.taskorder.starter.demo;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Profile;

/** With the profiles {@code local,demo}: plays the demo once everything is ready, then ends the process. */
@Configuration(proxyBeanMethods = false)
@Profile("demo")
public class DemoConfiguration {
    @Bean
    Demo demo() {
        return new Demo();
    }
}
