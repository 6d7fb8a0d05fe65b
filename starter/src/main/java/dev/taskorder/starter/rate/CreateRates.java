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
 * A bucket of tokens for each tenant, and for each of its keys if it is named: {@code create_burst} fit in, and
 * {@code creates_per_second} come back. Each process has its own, so that of several each lets so many in.
 */
final class CreateRates {
    /** Who was not here for so long has a full bucket anyway, unless its policy fills it in more than an hour. */
    private static final Duration KEPT_FOR = Duration.ofHours(1);

    private static final int KEPT_MAX = 10_000;

    /** @param key of several principals of the tenant one, with a bucket of its own; null for the tenant's */
    private record Whose(TenantId tenant, @Nullable String key) {}

    private static final class Kept {
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

    /** The rate of the bound tenant, by its active policy; with a key that of one principal of it. */
    CreateRate of(@Nullable String key) {
        Policy.Quotas quotas = policies.active().policy().quotas();
        CreateRate.Limit limit = new CreateRate.Limit(quotas.createsPerSecond(), quotas.createBurst());
        Kept kept = buckets.get(new Whose(TenantContext.required(), key), whose -> new Kept(limit, clock));
        kept.limitTo(limit);
        return new CreateRate(kept.bucket, limit);
    }

    /** How many buckets are kept. */
    long kept() {
        buckets.cleanUp();
        return buckets.estimatedSize();
    }
}
