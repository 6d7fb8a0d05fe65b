package dev.taskorder.starter.startup;

import java.util.Map;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.web.server.PortInUseException;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.core.env.Environment;

/** Names the setting behind a taken port; Boot's own words name the number only. */
@Order(Ordered.HIGHEST_PRECEDENCE)
final class PortTakenAnalyzer extends AbstractFailureAnalyzer<PortInUseException> {
    private final Environment environment;

    PortTakenAnalyzer(Environment environment) {
        this.environment = environment;
    }

    @Override
    protected FailureAnalysis analyze(Throwable rootFailure, PortInUseException taken) {
        String port = String.valueOf(taken.getPort());
        String setting = port.equals(environment.getProperty("management.server.port"))
                ? "management.server.port"
                : "server.port";
        StartRefusedException refusal = Ports.taken(Map.of(setting, taken.getPort()));
        return new FailureAnalysis(String.valueOf(refusal.getMessage()), refusal.action(), taken);
    }
}
