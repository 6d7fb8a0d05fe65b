package dev.taskorder.api.control;

import dev.taskorder.api.tenant.TenantId;
import java.time.Instant;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * That something does not go on for now.
 *
 * @param tenant for whom; {@link TenantId#SYSTEM} for all tenants
 * @param reason null if none was given
 * @param by who paused it first
 * @param at since when
 */
public record Pause(
        TenantId tenant, What what, Mode mode, @Nullable String reason, String by, Instant at) {
    /** What can be paused. */
    public enum What {
        /** Orders begin no attempt. */
        ORDERS,
        /** Events are written and go nowhere. */
        EVENTS,
        /** Webhooks are not called. */
        WEBHOOKS;

        /** As callers and rows call it. */
        public String word() {
            return wordOf(this);
        }

        /** All words, in their order. */
        public static Set<String> words() {
            return wordsOf(values());
        }

        /** The one that is called so; there must be one. */
        public static What of(String word) {
            return valueOf(word.toUpperCase(Locale.ROOT));
        }
    }

    /** How far a pause of orders goes; to events and webhooks both are the same. */
    public enum Mode {
        /** No order begins; those that did go on, with further attempts too. */
        HOLD,
        /** No attempt begins; those that did go on to their end. */
        DRAIN;

        /** As callers and rows call it. */
        public String word() {
            return wordOf(this);
        }

        /** All words, in their order. */
        public static Set<String> words() {
            return wordsOf(values());
        }

        /** The one that is called so; there must be one. */
        public static Mode of(String word) {
            return valueOf(word.toUpperCase(Locale.ROOT));
        }
    }

    /** Whether it is of all tenants. */
    public boolean isOfAll() {
        return tenant.equals(TenantId.SYSTEM);
    }

    private static String wordOf(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }

    private static Set<String> wordsOf(Enum<?>... constants) {
        return Arrays.stream(constants).map(Pause::wordOf).collect(Collectors.toCollection(LinkedHashSet::new));
    }
}
