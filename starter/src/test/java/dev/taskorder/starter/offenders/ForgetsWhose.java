package dev.taskorder.starter.offenders;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/** Breaks a rule: what it remembers of one tenant it finds for another. */
public final class ForgetsWhose {
    private ForgetsWhose() {}

    public static final class InAMap {
        final Map<UUID, String> orders = new ConcurrentHashMap<>();
    }

    public static final class InACache {
        final Cache<String, String> names = Caffeine.newBuilder().build();
    }

    public static final class ForEver {
        static final Map<String, String> ALL = new HashMap<>();

        private ForEver() {}
    }

    public static final class InASet {
        final Set<String> seen = ConcurrentHashMap.newKeySet();
    }

    public static final class OnAThread {
        final ThreadLocal<String> last = new ThreadLocal<>();
    }
}
