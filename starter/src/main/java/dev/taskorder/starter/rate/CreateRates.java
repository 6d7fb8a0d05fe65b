package dev.taskorder.starter.rate;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Expiry;
import dev.taskorder.api.policy.Policies;
import dev.taskorder.api.policy.Policy;
import dev.taskorder.api.tenant.TenantContext;
import dev.taskorder.api.tenant.TenantId;
import io.github.bucket4j.Bucket;
import io.github.bucket4j.BucketConfiguration;
import io.github.bucket4j.TimeMeter;
import io.github.bucket4j.TokensInheritanceStrategy;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A bucket of tokens for each tenant, and one for each of its keys: {@code create_burst} fit in, and
 * {@code creates_per_second} come back. While several keys of a tenant create, one of them has four fifths at most. Each process has
 * its own buckets, so that of several each lets so many in. However many keys one tenant has, they displace none of another tenant's
 * buckets, and not the one of their own tenant.
 */
final class CreateRates {
    /** For so long a key that created counts as one that creates. */
    private static final Duration SHARED_FOR = Duration.ofMinutes(1);

    private static final Duration KEPT_LONGER = Duration.ofHours(1);

    /** Far more than there are: no tenant can make another one. */
    private static final int TENANTS_MAX = 100_000;

    /** Of one tenant. A key that is displaced finds a full bucket again, and its tenant's as it was. */
    private static final int KEYS_MAX = 100;

    /** A bucket, and how large it is. */
    private static class Kept {
        private final Bucket bucket;
        private CreateRate.Limit limit;

        Kept(CreateRate.Limit limit, TimeMeter clock) {
            this.bucket = Bucket.builder()
                    .addLimit(
                            band -> band.capacity(limit.burst()).refillGreedy(limit.perSecond(), Duration.ofSeconds(1)))
                    .withCustomTimePrecision(clock)
                    .build();
            this.limit = limit;
        }

        /** Another policy changes the bucket, and not what is in it beyond what fits. */
        synchronized CreateRate.Band limitedTo(CreateRate.Limit now) {
            if (!now.equals(limit)) {
                bucket.replaceConfiguration(
                        BucketConfiguration.builder()
                                .addLimit(band ->
                                        band.capacity(now.burst()).refillGreedy(now.perSecond(), Duration.ofSeconds(1)))
                                .build(),
                        TokensInheritanceStrategy.AS_IS);
                limit = now;
            }
            return new CreateRate.Band(bucket, now);
        }

        /** With what a change of the policy may add to it. */
        synchronized Duration fillsWithin() {
            return Duration.ofSeconds(limit.secondsFor(limit.burst())).plus(KEPT_LONGER);
        }
    }

    /** What a tenant has, with what each of its keys has of it. */
    private static final class OfTenant extends Kept {
        /** The one that was not used for longest comes first. */
        private final Map<String, Kept> keys = new LinkedHashMap<>(16, 0.75f, true);

        private @Nullable String lastKey;
        private long lastAt;
        private @Nullable Long otherAt;

        OfTenant(CreateRate.Limit limit, TimeMeter clock) {
            super(limit, clock);
        }

        /** Whether others than this key create, too. */
        synchronized boolean isShared(String key, long now) {
            if (lastKey != null && !lastKey.equals(key)) {
                otherAt = lastAt;
            }
            lastKey = key;
            lastAt = now;
            return otherAt != null && now - otherAt < SHARED_FOR.toNanos();
        }

        synchronized Kept ofKey(String key, CreateRate.Limit limit, TimeMeter clock) {
            Kept kept = keys.computeIfAbsent(key, absent -> new Kept(limit, clock));
            if (keys.size() > KEYS_MAX) {
                keys.remove(keys.keySet().iterator().next());
            }
            return kept;
        }

        synchronized int keysKept() {
            return keys.size();
        }
    }

    private final Policies policies;
    private final TimeMeter clock;
    /** Who was not here until its bucket was full again finds nothing else in a new one. */
    private final Cache<TenantId, OfTenant> tenants;

    CreateRates(Policies policies, TimeMeter clock) {
        this.policies = policies;
        this.clock = clock;
        this.tenants = Caffeine.newBuilder()
                .expireAfter(Expiry.<TenantId, OfTenant>accessing((tenant, kept) -> kept.fillsWithin()))
                .ticker(clock::currentTimeNanos)
                .maximumSize(TENANTS_MAX)
                .build();
    }

    /**
     * The rate of the bound tenant, by its active policy.
     *
     * @param key the name of the principal that creates
     */
    CreateRate of(String key) {
        Policy.Quotas quotas = policies.active().policy().quotas();
        CreateRate.Limit limit = new CreateRate.Limit(quotas.createsPerSecond(), quotas.createBurst());
        OfTenant tenant = tenants.get(TenantContext.required(), absent -> new OfTenant(limit, clock));
        CreateRate.Limit own = tenant.isShared(key, clock.currentTimeNanos()) ? limit.shared() : limit;
        return new CreateRate(
                tenant.limitedTo(limit), tenant.ofKey(key, own, clock).limitedTo(own));
    }

    /** How many keys of the bound tenant have a bucket. */
    int keysKept() {
        OfTenant tenant = tenants.getIfPresent(TenantContext.required());
        return tenant == null ? 0 : tenant.keysKept();
    }
}
