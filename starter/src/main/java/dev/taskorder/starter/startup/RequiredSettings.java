package dev.taskorder.starter.startup;

import java.util.List;
import org.springframework.boot.context.event.ApplicationEnvironmentPreparedEvent;
import org.springframework.context.ApplicationListener;
import org.springframework.core.Ordered;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.Environment;

/** Refuses, before anything is built, settings that could not work or would be unsafe. */
final class RequiredSettings implements ApplicationListener<ApplicationEnvironmentPreparedEvent>, Ordered {
    private static final String APP_ROLE = "spring.datasource.username";
    private static final String OWNER_ROLE = "taskorder.database.owner-username";
    private static final List<String> WITHOUT_DEFAULT = List.of("spring.datasource.url", APP_ROLE, OWNER_ROLE);

    @Override
    public void onApplicationEvent(ApplicationEnvironmentPreparedEvent event) {
        ConfigurableEnvironment environment = event.getEnvironment();
        LoopbackOnly.require(environment);
        WITHOUT_DEFAULT.forEach(setting -> requireGiven(environment, setting));
        requireTwoRoles(environment);
    }

    /** After local mode, which gives what it starts by itself. */
    @Override
    public int getOrder() {
        return Ordered.LOWEST_PRECEDENCE;
    }

    private static void requireGiven(Environment environment, String setting) {
        if (environment.getProperty(setting, "").isBlank()) {
            throw new StartRefusedException(
                    setting + " is not set.",
                    "Give it as --" + setting + "=… or as an environment variable, or use the profile `local`, which"
                            + " starts a database of its own: --spring.profiles.active=local");
        }
    }

    private static void requireTwoRoles(Environment environment) {
        String owner = environment.getRequiredProperty(OWNER_ROLE);
        if (owner.equals(environment.getRequiredProperty(APP_ROLE))) {
            throw new StartRefusedException(
                    APP_ROLE + " and " + OWNER_ROLE + " are both " + owner
                            + "; an owner could switch off the row-level security that keeps tenants apart.",
                    "Give the application a role of its own that owns nothing.");
        }
    }
}
