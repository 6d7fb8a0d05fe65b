package dev.taskorder.starter.rate;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.taskorder.api.policy.Policies;
import dev.taskorder.api.policy.Policy;
import dev.taskorder.api.tenant.TenantContext;
import dev.taskorder.api.tenant.TenantId;
import io.github.bucket4j.Bucket;
import io.github.bucket4j.BucketConfiguration;
import io.github.bucket4j.TimeMeter;
import io.github.bucket4j.TokensInheritanceStrategy;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A bucket of tokens for each tenant, and one for each of its keys: {@code create_burst} fit in, and
 * {@code creates_per_second} come back. While several keys of a tenant create, one of them has four fifths at most. Each process has
 * its own buckets, so that of several each lets so many in.
 */
final class CreateRates {
    /** Who was not here for so long has a full bucket anyway, unless its policy fills it in more than an hour. */
    private static final Duration KEPT_FOR = Duration.ofHours(1);

    /** For so long a key that created counts as one that creates. */
    private static final Duration SHARED_FOR = Duration.ofMinutes(1);

    private static final int KEPT_MAX = 10_000;

    /** @param key the name of one of the tenant's principals; null for the bucket of all */
    private record Whose(TenantId tenant, @Nullable String key) {}

    private static final class Kept {
        private final Bucket bucket;
        private CreateRate.Limit limit;
        private @Nullable String lastKey;
        private @Nullable Long sharedAt;

        Kept(CreateRate.Limit limit, TimeMeter clock) {
            this.bucket = Bucket.builder()
                    .addLimit(
                            band -> band.capacity(limit.burst()).refillGreedy(limit.perSecond(), Duration.ofSeconds(1)))
                    .withCustomTimePrecision(clock)
                    .build();
            this.limit = limit;
        }

        /** Whether others than this key create, too. */
        synchronized boolean isShared(String key, long now) {
            if (lastKey != null && !lastKey.equals(key)) {
                sharedAt = now;
            }
            lastKey = key;
            return sharedAt != null && now - sharedAt < SHARED_FOR.toNanos();
        }

        /** Another policy changes the bucket, and not what is in it beyond what fits. */
        synchronized void limitTo(CreateRate.Limit now) {
            if (!now.equals(limit)) {
                bucket.replaceConfiguration(
                        BucketConfiguration.builder()
                                .addLimit(band ->
                                        band.capacity(now.burst()).refillGreedy(now.perSecond(), Duration.ofSeconds(1)))
                                .build(),
                        TokensInheritanceStrategy.AS_IS);
                limit = now;
            }
        }
    }

    private final Policies policies;
    private final TimeMeter clock;
    private final Cache<Whose, Kept> buckets = Caffeine.newBuilder()
            .expireAfterAccess(KEPT_FOR)
            .maximumSize(KEPT_MAX)
            .build();

    CreateRates(Policies policies, TimeMeter clock) {
        this.policies = policies;
        this.clock = clock;
    }

    /**
     * The rate of the bound tenant, by its active policy.
     *
     * @param key the name of the principal that creates
     */
    CreateRate of(String key) {
        Policy.Quotas quotas = policies.active().policy().quotas();
        CreateRate.Limit limit = new CreateRate.Limit(quotas.createsPerSecond(), quotas.createBurst());
        TenantId tenant = TenantContext.required();
        Kept all = kept(new Whose(tenant, null), limit);
        CreateRate.Limit own = all.isShared(key, clock.currentTimeNanos()) ? limit.shared() : limit;
        return new CreateRate(
                new CreateRate.Band(all.bucket, limit),
                new CreateRate.Band(kept(new Whose(tenant, key), own).bucket, own));
    }

    private Kept kept(Whose whose, CreateRate.Limit limit) {
        Kept kept = buckets.get(whose, absent -> new Kept(limit, clock));
        kept.limitTo(limit);
        return kept;
    }

    /** How many buckets are kept. */
    long kept() {
        buckets.cleanUp();
        return buckets.estimatedSize();
    }
}
