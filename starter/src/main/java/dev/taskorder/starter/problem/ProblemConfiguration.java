package dev.taskorder.starter.problem;

import org.apache.catalina.core.StandardHost;
import org.springframework.boot.tomcat.servlet.TomcatServletWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Makes the container speak of its own errors as the rest does. */
@Configuration(proxyBeanMethods = false)
public class ProblemConfiguration {
    @Bean
    WebServerFactoryCustomizer<TomcatServletWebServerFactory> problemReports() {
        return factory -> factory.addContextCustomizers(context -> {
            StandardHost host = (StandardHost) context.getParent();
            host.getPipeline().addValve(new ProblemReportValve());
            // the host adds a valve of this class unless it has one: named so, it adds no other behind ours
            host.setErrorReportValveClass(ProblemReportValve.class.getName());
        });
    }
}
