package dev.taskorder.activities.matching;

import static org.assertj.core.api.Assertions.assertThat;

import dev.taskorder.activities.matching.Satisfiability.Exclusion;
import dev.taskorder.activities.matching.Satisfiability.Fitting;
import dev.taskorder.api.matching.PoolCheck.Wanted;
import dev.taskorder.api.order.ResourceHint;
import dev.taskorder.api.order.UnservableHint;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The core alone; whether there is an assignment is told by brute force: every way to fill the places is tried. */
class SatisfiabilityTest {
    private static final int CASES = 3_000;

    private final Random random = new Random(815);

    @Test
    void an_order_is_unservable_exactly_if_no_way_fills_all_its_places() {
        int unservable = 0;
        for (int i = 0; i < CASES; i++) {
            Case some = someCase();
            List<UnservableHint> verdict = some.verdict(some.all());
            assertThat(verdict.isEmpty()).as(some.toString()).isEqualTo(some.canBeServed(some.all()));
            unservable += verdict.isEmpty() ? 0 : 1;
        }
        assertThat(unservable).isBetween(CASES / 10, CASES * 9 / 10);
    }

    @Test
    void as_many_assets_as_there_are_places_are_enough_to_know() {
        for (int i = 0; i < CASES; i++) {
            Case some = someCase();
            int places = Satisfiability.places(some.wanted());
            List<Fitting> first = some.fitting().stream()
                    .map(all -> new Fitting(all.assets().stream().limit(places).toList(), all.counts()))
                    .toList();
            assertThat(Satisfiability.unservable(some.wanted(), first)).isEqualTo(some.verdict(some.all()));
        }
    }

    @Test
    void the_hints_that_are_named_cannot_be_served_by_themselves_and_can_without_any_one_of_them() {
        for (int i = 0; i < CASES; i++) {
            Case some = someCase();
            List<Integer> named =
                    some.verdict(some.all()).stream().map(UnservableHint::index).toList();
            boolean oneByOne = named.stream().anyMatch(hint -> !some.canBeServed(List.of(hint)));
            if (oneByOne) {
                assertThat(named).noneMatch(hint -> some.canBeServed(List.of(hint)));
            } else if (!named.isEmpty()) {
                assertThat(some.canBeServed(named)).isFalse();
                assertThat(named)
                        .allMatch(hint -> some.canBeServed(named.stream()
                                .filter(other -> !other.equals(hint))
                                .toList()));
            }
        }
    }

    @Test
    void the_message_counts_what_excluded_the_assets() {
        ResourceHint hint = new ResourceHint("RAW_NET", "ip.residential.uk.*", 3, Map.of("geo", "GB"));
        Fitting fitting = new Fitting(
                List.of("a"),
                List.of(
                        new Exclusion(Fit.OTHER_SKU, null, 2),
                        new Exclusion(Fit.OTHER_CURRENCY, null, 1),
                        new Exclusion(Fit.LACKS_ATTRIBUTE, "geo", 1),
                        new Exclusion(Fit.FITS, null, 1)));
        assertThat(Satisfiability.unservable(new Wanted(List.of(hint), "USD", false), List.of(fitting)))
                .containsExactly(new UnservableHint(
                        0,
                        "wants 3 assets of RAW_NET ip.residential.uk.*; of 5 in the category 2 have another"
                                + " sku_code, 1 has a currency other than USD, 1 lacks attribute geo='GB', 0 retired;"
                                + " 1 fits"));
    }

    @Test
    void of_many_attributes_a_few_are_named_and_long_values_are_cut() {
        Map<String, Object> attributes =
                Map.of("a", "x".repeat(59) + "🎟🎟", "b", true, "c", 1, "d", "x", "e", "x", "f", "x");
        ResourceHint hint = new ResourceHint("RAW_NET", null, 1, attributes);
        Fitting fitting = new Fitting(
                List.of(),
                Stream.of("f", "e", "d", "c", "b", "a")
                        .map(name -> new Exclusion(Fit.LACKS_ATTRIBUTE, name, 2))
                        .toList());
        assertThat(Satisfiability.unservable(new Wanted(List.of(hint), "USD", false), List.of(fitting))
                        .get(0)
                        .message())
                .contains(
                        "2 lack attribute a='" + "x".repeat(59) + "…', 2 lack attribute b=true, 2 lack attribute c=1,")
                .contains("2 lack attribute d='x', 4 lack another attribute, 0 retired; 0 fit");
    }

    private Case someCase() {
        int pool = 1 + random.nextInt(5);
        List<ResourceHint> hints = new ArrayList<>();
        List<Fitting> fitting = new ArrayList<>();
        for (int hint = 0; hint < 1 + random.nextInt(3); hint++) {
            hints.add(new ResourceHint("RAW_NET", null, 1 + random.nextInt(2), Map.of()));
            List<String> assets = IntStream.range(0, pool)
                    .filter(asset -> random.nextInt(3) > 0)
                    .mapToObj(asset -> "a" + asset)
                    .toList();
            fitting.add(new Fitting(assets, List.of(new Exclusion(Fit.FITS, null, assets.size()))));
        }
        return new Case(hints, fitting);
    }

    private record Case(List<ResourceHint> hints, List<Fitting> fitting) {
        Wanted wanted() {
            return new Wanted(hints, "USD", false);
        }

        List<Integer> all() {
            return IntStream.range(0, hints.size()).boxed().toList();
        }

        List<UnservableHint> verdict(List<Integer> of) {
            return Satisfiability.unservable(
                    new Wanted(of.stream().map(hints::get).toList(), "USD", false),
                    of.stream().map(fitting::get).toList());
        }

        boolean canBeServed(List<Integer> of) {
            List<List<String>> places = of.stream()
                    .flatMap(hint -> Stream.generate(() -> fitting.get(hint).assets())
                            .limit(hints.get(hint).minCount()))
                    .toList();
            return fill(places, new HashSet<>());
        }

        private static boolean fill(List<List<String>> places, Set<String> taken) {
            if (places.isEmpty()) {
                return true;
            }
            for (String asset : places.get(0)) {
                if (taken.add(asset)) {
                    if (fill(places.subList(1, places.size()), taken)) {
                        return true;
                    }
                    taken.remove(asset);
                }
            }
            return false;
        }
    }
}
