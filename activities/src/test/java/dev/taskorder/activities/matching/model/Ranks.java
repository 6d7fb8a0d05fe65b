package dev.taskorder.activities.matching.model;

import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Places of assets in an order of preference, the best first, and how such lists compare. */
final class Ranks {
    private Ranks() {}

    static List<Integer> of(List<? extends @Nullable Asset> assets, List<Asset> ranked) {
        return assets.stream()
                .map(asset -> asset == null ? ranked.size() : rank(asset, ranked))
                .toList();
    }

    private static int rank(Asset asset, List<Asset> ranked) {
        int rank = 0;
        while (ranked.get(rank) != asset) {
            rank++;
        }
        return rank;
    }

    static List<Integer> sorted(List<Integer> numbers) {
        return numbers.stream().sorted().toList();
    }

    static int lexicographically(List<Integer> one, List<Integer> other) {
        return IntStream.range(0, one.size())
                .map(i -> Integer.compare(one.get(i), other.get(i)))
                .filter(difference -> difference != 0)
                .findFirst()
                .orElse(0);
    }
}
