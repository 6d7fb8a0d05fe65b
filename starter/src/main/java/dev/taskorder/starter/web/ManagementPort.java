package dev.taskorder.starter.web;

import org.springframework.boot.actuate.autoconfigure.web.ManagementContextConfiguration;
import org.springframework.boot.actuate.autoconfigure.web.ManagementContextType;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;

/** What also guards health and metrics where they have a port of their own, which the API's filters do not reach. */
@ManagementContextConfiguration(value = ManagementContextType.CHILD, proxyBeanMethods = false)
final class ManagementPort {
    @Bean
    FilterRegistrationBean<OwnHost> ownManagementHost() {
        return WebConfiguration.ownHostFilter();
    }
}
