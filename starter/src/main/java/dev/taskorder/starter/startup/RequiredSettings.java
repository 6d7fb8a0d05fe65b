package dev.taskorder.starter.startup;

import dev.taskorder.starter.role.Role;
import dev.taskorder.starter.web.SecuritySettings;
import dev.taskorder.starter.web.SecuritySettings.Way;
import java.util.List;
import java.util.Objects;
import java.util.Set;
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
        require(event.getEnvironment());
    }

    /** @throws StartRefusedException naming the setting and what to do */
    static void require(ConfigurableEnvironment environment) {
        if (Role.in(environment.getProperty("taskorder.roles", Role.ALL)).contains(Role.API)) {
            requireAuthentication(environment);
        }
        WITHOUT_DEFAULT.forEach(setting -> requireGiven(environment, setting));
        requireTwoRoles(environment);
    }

    /** After local mode, which gives what it starts by itself. */
    @Override
    public int getOrder() {
        return Ordered.LOWEST_PRECEDENCE;
    }

    private static void requireAuthentication(ConfigurableEnvironment environment) {
        Set<Way> ways = waysIn(environment);
        if (ways.isEmpty()) {
            throw new StartRefusedException(
                    SecuritySettings.ACCEPT + " is not set: it says by what callers prove who they are.",
                    "Give --" + SecuritySettings.ACCEPT
                            + "=api-keys (keys that this installation makes), tokens (JWTs of an"
                            + " issuer of yours) or both; the profile `local` needs neither.");
        }
        if (ways.contains(Way.TOKENS)) {
            requireWhoseTokens(environment);
        }
        if (ways.contains(Way.TENANT_HEADER)) {
            LoopbackOnly.require(environment);
        }
        requireBootstrapKey(environment);
    }

    /** An issuer serves many: without a word about it, a token for somebody else's service would open this one. */
    private static void requireWhoseTokens(Environment environment) {
        if (!SecuritySettings.namesAnIssuer(environment)) {
            throw new StartRefusedException(
                    SecuritySettings.ACCEPT + " accepts tokens, and no issuer of tokens is named.",
                    "Give --" + SecuritySettings.issuers() + ".");
        }
        if (!SecuritySettings.saysWhichIssuer(environment)) {
            throw new StartRefusedException(
                    SecuritySettings.ISSUER + " is not set: tokens of any issuer with these keys would be accepted.",
                    "Give it, too; nothing is looked up there then. Or say --" + SecuritySettings.ANY_ISSUER
                            + "=true if that is meant.");
        }
        if (!SecuritySettings.saysWhichAudience(environment)) {
            throw new StartRefusedException(
                    SecuritySettings.AUDIENCES
                            + " is not set: tokens that were issued for any other service would be accepted.",
                    "Give what your issuer writes into the claim aud of tokens for this service, or say --"
                            + SecuritySettings.ANY_AUDIENCE + "=true if that is meant.");
        }
    }

    private static void requireBootstrapKey(ConfigurableEnvironment environment) {
        try {
            var unused = SecuritySettings.bootstrapKey(environment);
        } catch (IllegalArgumentException noKey) {
            throw new StartRefusedException(
                    Objects.requireNonNull(noKey.getMessage()),
                    "Make one with `java -jar taskorder.jar new-operator-key`, or leave the setting out: then the"
                            + " application makes one.");
        }
    }

    private static Set<Way> waysIn(Environment environment) {
        try {
            return SecuritySettings.in(environment);
        } catch (IllegalArgumentException unknown) {
            throw new StartRefusedException(
                    Objects.requireNonNull(unknown.getMessage()),
                    "Give --" + SecuritySettings.ACCEPT + " one of them, or several with commas between them.");
        }
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
