package dev.taskorder.starter.metrics;

import dev.taskorder.api.tenant.TenantId;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Which tenant a meter names: the busiest ones by their names, all others as {@link #OTHER}. Whoever becomes busier than
 * the least busy of the named takes its place. Of one thread at a time.
 */
final class TenantTags {
    static final String OTHER = "other";
    static final String NONE = "none";
    /** Twice as busy and a little more: two that are much alike would change places all the time. */
    private static final int LEAD = 16;
    /** After so many counts all of them are halved: what was busy yesterday is forgotten, and whoever was here once. */
    private static final int FORGET_EVERY = 10_000;

    private final int namesMax;
    private final Consumer<String> dropped;
    private final Map<TenantId, Integer> counts = new HashMap<>();
    private final Set<TenantId> named = new HashSet<>();
    private int counted;

    /** @param dropped told of a name that is no longer used */
    TenantTags(int namesMax, Consumer<String> dropped) {
        this.namesMax = namesMax;
        this.dropped = dropped;
    }

    /** The tag of something that happened for this tenant; null for none. The installation's own is not one of them. */
    String of(@Nullable TenantId tenant) {
        if (tenant == null) {
            return NONE;
        }
        if (tenant.equals(TenantId.SYSTEM)) {
            return tenant.value();
        }
        if (tenant.value().equals(OTHER) || tenant.value().equals(NONE)) {
            return OTHER; // whoever is called so has no name of its own, for that would be all the others' too
        }
        int count = counts.merge(tenant, 1, Integer::sum);
        if (++counted == FORGET_EVERY) {
            forget();
        }
        return isNamed(tenant, count) ? tenant.value() : OTHER;
    }

    private boolean isNamed(TenantId tenant, int count) {
        if (named.contains(tenant)) {
            return true;
        }
        if (named.size() < namesMax) {
            return named.add(tenant);
        }
        return named.stream()
                .min(Comparator.comparingInt(this::countOf))
                .filter(least -> count > 2 * countOf(least) + LEAD)
                .map(least -> replace(least, tenant))
                .orElse(false);
    }

    private boolean replace(TenantId least, TenantId busier) {
        named.remove(least);
        dropped.accept(least.value());
        return named.add(busier);
    }

    private int countOf(TenantId tenant) {
        return counts.getOrDefault(tenant, 0);
    }

    private void forget() {
        counted = 0;
        counts.replaceAll((tenant, count) -> count / 2);
        counts.values().removeIf(count -> count == 0);
    }
}
