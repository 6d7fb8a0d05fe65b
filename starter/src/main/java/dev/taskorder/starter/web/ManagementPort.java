package dev.taskorder.starter.web;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.actuate.autoconfigure.web.ManagementContextConfiguration;
import org.springframework.boot.actuate.autoconfigure.web.ManagementContextType;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Condition;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.context.annotation.Conditional;
import org.springframework.core.Ordered;
import org.springframework.core.type.AnnotatedTypeMetadata;

/** What also guards health and metrics where they have a port of their own, which the API's filters do not reach. */
@ManagementContextConfiguration(value = ManagementContextType.CHILD, proxyBeanMethods = false)
@Conditional(ManagementPort.IsOfItsOwn.class)
final class ManagementPort {
    /** The scan for components finds this class for the API's port too, which has these filters already. */
    static final class IsOfItsOwn implements Condition {
        @Override
        public boolean matches(ConditionContext context, AnnotatedTypeMetadata metadata) {
            return context.getBeanFactory() != null && context.getBeanFactory().getParentBeanFactory() != null;
        }
    }

    @Bean
    FilterRegistrationBean<OwnHost> ownManagementHost(@Value("${management.server.address:}") String address)
            throws UnknownHostException {
        FilterRegistrationBean<OwnHost> registration = WebConfiguration.ownHostFilter(List.of());
        // who has it listen on the network means others to ask, by whichever name
        registration.setEnabled(
                !address.isBlank() && InetAddress.getByName(address).isLoopbackAddress());
        return registration;
    }

    @Bean
    FilterRegistrationBean<TraceFilter> managementTrace() {
        FilterRegistrationBean<TraceFilter> registration = new FilterRegistrationBean<>(new TraceFilter());
        registration.setOrder(Ordered.HIGHEST_PRECEDENCE);
        return registration;
    }
}
