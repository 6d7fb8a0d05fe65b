package dev.taskorder.starter.local;

import java.util.HashMap;
import java.util.Map;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.context.event.ApplicationEnvironmentPreparedEvent;
import org.springframework.boot.context.logging.LoggingApplicationListener;
import org.springframework.context.ApplicationListener;
import org.springframework.core.Ordered;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.Profiles;

/**
 * With the profile {@code local}: starts PostgreSQL and Temporal before the application is built and tells it where they
 * are. They end after the application's context has closed, so that its last transactions still have a database.
 */
final class LocalMode implements ApplicationListener<ApplicationEnvironmentPreparedEvent>, Ordered {
    static final String PROFILE = "local";
    private static final String WEBHOOK_KEY = "taskorder.webhooks.secret-key";

    @Override
    public void onApplicationEvent(ApplicationEnvironmentPreparedEvent event) {
        ConfigurableEnvironment environment = event.getEnvironment();
        if (!environment.acceptsProfiles(Profiles.of(PROFILE))) {
            return;
        }
        LocalServers servers = LocalServers.prepare(LocalSettings.from(environment));
        SpringApplication.getShutdownHandlers().add(servers::close);
        servers.start();
        Map<String, Object> started = new HashMap<>(servers.properties());
        if (environment.getProperty(WEBHOOK_KEY, "").isBlank()) {
            started.put(WEBHOOK_KEY, servers.webhookKey());
        }
        environment.getPropertySources().addFirst(new MapPropertySource("local servers", started));
        event.getBootstrapContext()
                .addCloseListener(closed ->
                        closed.getApplicationContext().getBeanFactory().registerSingleton("localServers", servers));
    }

    /** After the logging system, so that what is started shows in the log, and after the look at the settings. */
    @Override
    public int getOrder() {
        return LoggingApplicationListener.DEFAULT_ORDER + 2;
    }
}
