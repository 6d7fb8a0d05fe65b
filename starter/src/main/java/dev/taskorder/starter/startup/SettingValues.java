package dev.taskorder.starter.startup;

import dev.taskorder.starter.role.Role;
import dev.taskorder.starter.web.SecuritySettings;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.event.ApplicationEnvironmentPreparedEvent;
import org.springframework.boot.context.logging.LoggingApplicationListener;
import org.springframework.boot.convert.DurationStyle;
import org.springframework.boot.env.OriginTrackedMapPropertySource;
import org.springframework.context.ApplicationListener;
import org.springframework.core.Ordered;
import org.springframework.core.convert.ConversionException;
import org.springframework.core.env.CommandLinePropertySource;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.EnumerablePropertySource;
import org.springframework.core.env.Environment;
import org.springframework.core.env.PropertySource;

/** Refuses settings of ours that have a value that cannot be meant, or a name that none has. */
final class SettingValues implements ApplicationListener<ApplicationEnvironmentPreparedEvent>, Ordered {
    private static final String OURS = "taskorder.";
    private static final String ROLES = "taskorder.roles";
    private static final String GRACE = "taskorder.shutdown-grace";
    private static final String INVARIANTS_EVERY = "taskorder.invariants-every";
    private static final String BOOKS_EVERY = "taskorder.books-every";
    private static final String WEBHOOK_KEY = "taskorder.webhooks.secret-key";
    private static final int WEBHOOK_KEY_BYTES = 32;
    private static final String ORIGINS = "taskorder.cors-allowed-origins";
    private static final Pattern ORIGIN = Pattern.compile("https?://[A-Za-z0-9._-]+(?::[0-9]{1,5})?");
    private static final String PROXIES = "taskorder.trusted-proxies";
    /** A name would be asked of the network's name server, whose word is not enough to be believed for another. */
    private static final Pattern ADDRESS =
            Pattern.compile("[0-9]{1,3}(?:\\.[0-9]{1,3}){3}|[0-9a-fA-F]*:[0-9a-fA-F:.]*");

    private static final int PORT_MAX = 65_535;
    /** With it the framework has no management port. */
    private static final int NO_PORT = -1;

    private static final Map<String, Range> NUMBERS = new TreeMap<>(Map.of(
            "server.port", new Range(0, PORT_MAX),
            "management.server.port", new Range(NO_PORT, PORT_MAX),
            "taskorder.local.temporal-port", new Range(0, PORT_MAX),
            "taskorder.local.temporal-ui-port", new Range(0, PORT_MAX),
            "taskorder.metrics.tenants", new Range(0, 1000),
            "taskorder.temporal.executor-slots", new Range(1, Integer.MAX_VALUE),
            "taskorder.event-streams-max", new Range(0, Integer.MAX_VALUE),
            "taskorder.event-streams-per-tenant-max", new Range(0, Integer.MAX_VALUE),
            "taskorder.waiting-callers-max", new Range(0, Integer.MAX_VALUE)));

    /** Those of docs/operations.md, and what the application tells itself. */
    private static final List<String> NAMES = List.of(
            ROLES,
            GRACE,
            INVARIANTS_EVERY,
            BOOKS_EVERY,
            "taskorder.event-streams-max",
            "taskorder.event-streams-per-tenant-max",
            "taskorder.waiting-callers-max",
            "taskorder.metrics.tenants",
            "taskorder.quotas.enabled",
            "taskorder.rates.enabled",
            ORIGINS,
            PROXIES,
            "taskorder.security.accept",
            SecuritySettings.ANY_ISSUER,
            SecuritySettings.ANY_AUDIENCE,
            "taskorder.security.tenant-claim",
            "taskorder.security.role-claim",
            "taskorder.bootstrap-key",
            "taskorder.bootstrap-key-file",
            "taskorder.temporal.target",
            "taskorder.temporal.namespace",
            "taskorder.temporal.executor-slots",
            "taskorder.temporal.ui-url",
            "taskorder.temporal.in-jvm",
            "taskorder.database.owner-username",
            "taskorder.database.owner-password",
            "taskorder.local.data-dir",
            "taskorder.local.tools-dir",
            "taskorder.local.temporal",
            "taskorder.local.temporal-port",
            "taskorder.local.temporal-ui-port",
            "taskorder.local.default-executor",
            WEBHOOK_KEY,
            "taskorder.demo.keep");

    private record Range(int min, int max) {
        String inWords() {
            return max == Integer.MAX_VALUE ? "of at least " + min : "from " + min + " to " + max;
        }
    }

    @Override
    public void onApplicationEvent(ApplicationEnvironmentPreparedEvent event) {
        require(event.getEnvironment());
    }

    /** Before local mode starts anything. */
    @Override
    public int getOrder() {
        return LoggingApplicationListener.DEFAULT_ORDER + 1;
    }

    /** @throws StartRefusedException naming the setting, its value and what is allowed */
    static void require(ConfigurableEnvironment environment) {
        environment.getPropertySources().forEach(SettingValues::requireKnownNames);
        NUMBERS.forEach((setting, range) -> requireNumber(environment, setting, range));
        requireRoles(environment);
        requireTime(environment, GRACE, "a time of 0s or more, such as 20s or 500ms", Duration.ZERO);
        requireTime(environment, INVARIANTS_EVERY, "a time of 1s or more, such as 1m or 30s", Duration.ofSeconds(1));
        requireTime(environment, BOOKS_EVERY, "a time of 1s or more, such as 1h or 10m", Duration.ofSeconds(1));
        requireWebhookKey(environment);
        requireEach(environment, ORIGINS, ORIGIN, "origins such as https://console.example, with commas between them");
        requireEach(environment, PROXIES, ADDRESS, "IP addresses, with commas between them");
    }

    /** Its value is not shown: it may be a key with a slip in it. */
    private static void requireWebhookKey(Environment environment) {
        String given = environment.getProperty(WEBHOOK_KEY, "").strip();
        try {
            if (given.isEmpty() || Base64.getDecoder().decode(given).length == WEBHOOK_KEY_BYTES) {
                return;
            }
        } catch (IllegalArgumentException noBase64) {
            // refused below
        }
        throw new StartRefusedException(
                WEBHOOK_KEY + " is not " + WEBHOOK_KEY_BYTES + " bytes in base64; its value is not shown.",
                "Make one with `openssl rand -base64 " + WEBHOOK_KEY_BYTES
                        + "`, and give the same to every process; or leave it out: then there are no webhooks.");
    }

    private static void requireEach(Environment environment, String setting, Pattern shape, String allowed) {
        String given = environment.getProperty(setting, "");
        for (String one : given.isBlank() ? new String[0] : given.split(",", -1)) {
            if (!shape.matcher(one.trim()).matches()) {
                throw refusal(setting, given, allowed, null);
            }
        }
    }

    /**
     * Only where a person writes settings for us; a variable of the environment or of the JVM may be somebody else's.
     * Upper case, dashes and underscores count for nothing, as when the setting is read.
     */
    private static void requireKnownNames(PropertySource<?> source) {
        if (source instanceof CommandLinePropertySource<?> || source instanceof OriginTrackedMapPropertySource) {
            for (String name : ((EnumerablePropertySource<?>) source).getPropertyNames()) {
                if (plain(name).startsWith(OURS)
                        && NAMES.stream().noneMatch(known -> plain(known).equals(plain(name)))) {
                    throw new StartRefusedException(
                            name + " is not a setting.", "There are " + String.join(", ", NAMES) + ".");
                }
            }
        }
    }

    private static String plain(String name) {
        return name.toLowerCase(Locale.ROOT).replace("-", "").replace("_", "");
    }

    private static void requireNumber(Environment environment, String setting, Range range) {
        String given = environment.getProperty(setting, "");
        if (given.isBlank()) {
            return;
        }
        try {
            Integer number = environment.getProperty(setting, Integer.class);
            if (number != null && number >= range.min() && number <= range.max()) {
                return;
            }
        } catch (ConversionException noNumber) {
            throw refusal(setting, given, "a whole number " + range.inWords(), noNumber);
        }
        throw refusal(setting, given, "a whole number " + range.inWords(), null);
    }

    private static void requireRoles(Environment environment) {
        try {
            Role.in(environment.getProperty(ROLES, Role.ALL));
        } catch (IllegalArgumentException noRole) {
            throw new StartRefusedException(String.valueOf(noRole.getMessage()), "Give some of " + Role.ALL + ".");
        }
    }

    private static void requireTime(Environment environment, String setting, String allowed, Duration min) {
        String given = environment.getProperty(setting, "");
        try {
            if (given.isEmpty() || DurationStyle.detectAndParse(given).compareTo(min) >= 0) {
                return;
            }
        } catch (IllegalArgumentException | ArithmeticException noTime) {
            throw refusal(setting, given, allowed, noTime);
        }
        throw refusal(setting, given, allowed, null);
    }

    private static StartRefusedException refusal(
            String setting, String given, String allowed, @Nullable Throwable cause) {
        return new StartRefusedException(
                setting + ": '" + given + "' is not " + allowed + ".", "Give " + allowed + ".", cause);
    }
}
