package dev.taskorder.starter.temporal;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.config.MeterFilter;
import io.micrometer.core.instrument.distribution.DistributionStatisticConfig;
import java.time.Duration;
import java.util.stream.Stream;

/**
 * The SDK asks for 69 buckets of each of its timers, and it has a timer for each call, queue and type: a megabyte a
 * scrape. These few tell fast from slow.
 */
final class FewBuckets implements MeterFilter {
    private static final double[] BOUNDS_NANOS = Stream.of(5, 20, 100, 500, 2_000, 10_000)
            .mapToDouble(ms -> Duration.ofMillis(ms).toNanos())
            .toArray();

    @Override
    public DistributionStatisticConfig configure(Meter.Id id, DistributionStatisticConfig config) {
        if (!id.getName().startsWith("temporal_")) {
            return config;
        }
        return DistributionStatisticConfig.builder()
                .percentilesHistogram(false)
                .serviceLevelObjectives(BOUNDS_NANOS)
                .build()
                .merge(config);
    }
}
