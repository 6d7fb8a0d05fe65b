package dev.taskorder.starter.web;

import dev.taskorder.api.principal.KeyText;
import dev.taskorder.api.tenant.TenantId;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.core.env.Environment;

/** By what callers may prove who they are: {@code taskorder.security.accept}. */
public final class SecuritySettings {
    /** Its name. */
    public static final String ACCEPT = "taskorder.security.accept";

    /** A key of the installation's own, made by whoever starts it. */
    public static final String BOOTSTRAP_KEY = "taskorder.bootstrap-key";

    /** Where one is written that the application makes. */
    public static final String BOOTSTRAP_KEY_FILE = "taskorder.bootstrap-key-file";

    /** That tokens of any issuer are accepted whose keys are the configured ones. */
    public static final String ANY_ISSUER = "taskorder.security.any-issuer";

    /** That tokens for anybody's service are accepted. */
    public static final String ANY_AUDIENCE = "taskorder.security.any-audience";

    /** Who issues the tokens. */
    public static final String ISSUER = "spring.security.oauth2.resourceserver.jwt.issuer-uri";

    /** For whom they are. */
    public static final String AUDIENCES = "spring.security.oauth2.resourceserver.jwt.audiences";

    private static final List<String> ISSUERS =
            List.of(ISSUER, "spring.security.oauth2.resourceserver.jwt.jwk-set-uri");

    /** A way to prove it. */
    public enum Way {
        /** Keys that this installation made. */
        API_KEYS,
        /** JWTs of a configured issuer. */
        TOKENS,
        /** None at all: whoever reaches this machine's loopback names the tenant to act for, as an operator. Local mode only. */
        TENANT_HEADER;

        private final String word = name().toLowerCase(Locale.ROOT).replace('_', '-');

        /** As the setting says it. */
        public String word() {
            return word;
        }
    }

    private SecuritySettings() {}

    /**
     * What the setting names; nothing if it is not set.
     *
     * @throws IllegalArgumentException naming setting and word, if one is no way
     */
    public static Set<Way> in(Environment environment) {
        Set<Way> ways = EnumSet.noneOf(Way.class);
        for (String word : environment.getProperty(ACCEPT, "").split(",", -1)) {
            String asked = word.strip();
            if (!asked.isEmpty()) {
                ways.add(Arrays.stream(Way.values())
                        .filter(way -> way.word().equals(asked))
                        .findFirst()
                        .orElseThrow(
                                () -> new IllegalArgumentException(ACCEPT + ": '" + asked + "' is none of " + all())));
            }
        }
        return ways;
    }

    /**
     * The first operator's key, if one is given.
     *
     * @throws IllegalArgumentException naming the setting and not the value, which may be a key with a slip in it
     */
    public static Optional<KeyText> bootstrapKey(Environment environment) {
        String given = environment.getProperty(BOOTSTRAP_KEY, "").strip();
        if (given.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(
                KeyText.parse(given)
                        .filter(key -> key.tenant().equals(TenantId.SYSTEM))
                        .orElseThrow(
                                () -> new IllegalArgumentException(
                                        BOOTSTRAP_KEY
                                                + " is not a key of the installation, to__system.<id>.<random>.<checksum>; its value is not shown.")));
    }

    /** Whether an issuer of tokens, or its keys, are configured. */
    public static boolean namesAnIssuer(Environment environment) {
        return ISSUERS.stream()
                .anyMatch(setting -> !environment.getProperty(setting, "").isBlank());
    }

    /** Whether it is known, or said to be of no matter, whose tokens are accepted. */
    public static boolean saysWhichIssuer(Environment environment) {
        return !environment.getProperty(ISSUER, "").isBlank() || isTrue(environment, ANY_ISSUER);
    }

    /** Whether it is known, or said to be of no matter, for whom they have to be. */
    public static boolean saysWhichAudience(Environment environment) {
        return Binder.get(environment).bind(AUDIENCES, Bindable.listOf(String.class)).orElse(List.of()).stream()
                        .anyMatch(audience -> !audience.isBlank())
                || isTrue(environment, ANY_AUDIENCE);
    }

    /** Another word than this is none: it would open something. */
    private static boolean isTrue(Environment environment, String setting) {
        return environment.getProperty(setting, "").strip().equalsIgnoreCase("true");
    }

    /** All ways, for messages. */
    public static String all() {
        return Arrays.stream(Way.values()).map(Way::word).collect(Collectors.joining(", "));
    }

    /** The settings of which one has to name an issuer. */
    public static String issuers() {
        return String.join(" or ", ISSUERS);
    }
}
