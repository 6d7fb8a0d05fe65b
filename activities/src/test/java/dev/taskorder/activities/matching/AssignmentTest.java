package dev.taskorder.activities.matching;

import static org.assertj.core.api.Assertions.assertThat;

import dev.taskorder.activities.matching.Assignment.Want;
import dev.taskorder.api.asset.AssetStatus;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Against brute force: every way to fill the places is tried. */
class AssignmentTest {
    private static final int CASES = 3_000;

    private final Random random = new Random(4711);

    @Test
    void an_assignment_is_found_exactly_if_there_is_one() {
        for (int i = 0; i < CASES; i++) {
            List<Want> wants = someWants();
            assertThat(Assignment.find(wants, Preference.CHEAPEST.order()).isPresent())
                    .isEqualTo(!all(wants).isEmpty());
        }
    }

    @Test
    void the_places_in_their_order_get_their_best() {
        for (int i = 0; i < CASES; i++) {
            List<Want> wants = someWants();
            Optional<List<Candidate>> found = Assignment.find(wants, Preference.HEALTHIEST.order());
            Optional<List<Candidate>> best = all(wants).stream().min(AssignmentTest::byPlaces);
            assertThat(found).isEqualTo(best);
        }
    }

    @Test
    void as_many_places_as_can_be_are_filled_at_once_each_with_an_asset_of_its_own() {
        for (int i = 0; i < CASES; i++) {
            List<Want> wants = someWants();
            List<Candidate> most = Assignment.most(wants, Preference.CHEAPEST.order());
            assertThat(most).doesNotHaveDuplicates().hasSize(mostByTrying(wants));
        }
    }

    /** The largest number of places of which all can be filled at once. */
    private static int mostByTrying(List<Want> wants) {
        List<Want> places = wants.stream()
                .flatMap(want ->
                        Stream.generate(() -> new Want(1, want.fitting())).limit(want.count()))
                .toList();
        return IntStream.range(0, 1 << places.size())
                .filter(chosen -> !all(IntStream.range(0, places.size())
                                .filter(place -> (chosen >> place & 1) == 1)
                                .mapToObj(places::get)
                                .toList())
                        .isEmpty())
                .map(Integer::bitCount)
                .max()
                .orElse(0);
    }

    @Test
    void the_cheapest_costs_the_least_of_all_and_fits() {
        for (int i = 0; i < CASES; i++) {
            List<Want> wants = someWants();
            Optional<List<Candidate>> found = Assignment.cheapest(wants, Preference.CHEAPEST.order());
            List<List<Candidate>> all = all(wants);
            assertThat(found.map(AssignmentTest::cost))
                    .isEqualTo(all.stream().map(AssignmentTest::cost).min(BigDecimal::compareTo));
            found.ifPresent(assets -> assertThat(all).contains(assets));
        }
    }

    private static int byPlaces(List<Candidate> one, List<Candidate> other) {
        return IntStream.range(0, one.size())
                .map(i -> Preference.HEALTHIEST.order().compare(one.get(i), other.get(i)))
                .filter(difference -> difference != 0)
                .findFirst()
                .orElse(0);
    }

    private static BigDecimal cost(List<Candidate> assets) {
        return assets.stream().map(Candidate::unitCost).reduce(BigDecimal.ZERO, BigDecimal::add);
    }

    private List<Want> someWants() {
        List<Candidate> pool =
                IntStream.range(0, 1 + random.nextInt(5)).mapToObj(this::asset).toList();
        List<Want> wants = new ArrayList<>();
        for (int hint = 0; hint < 1 + random.nextInt(3); hint++) {
            wants.add(new Want(
                    1 + random.nextInt(2),
                    pool.stream().filter(asset -> random.nextBoolean()).toList()));
        }
        return wants;
    }

    private Candidate asset(int number) {
        return new Candidate(new PoolAsset(
                "a" + number,
                "RAW_NET",
                "ip",
                Map.of(),
                AssetStatus.AVAILABLE,
                BigDecimal.valueOf(random.nextInt(4)),
                BigDecimal.valueOf(random.nextInt(6)),
                "USD",
                1,
                null,
                0,
                Set.of(),
                List.of()));
    }

    private static List<List<Candidate>> all(List<Want> wants) {
        List<List<Candidate>> places = new ArrayList<>();
        wants.forEach(want -> IntStream.range(0, want.count()).forEach(i -> places.add(want.fitting())));
        List<List<Candidate>> all = new ArrayList<>();
        extend(places, new ArrayList<>(), new HashSet<>(), all);
        return all;
    }

    private static void extend(
            List<List<Candidate>> places, List<Candidate> chosen, Set<Candidate> taken, List<List<Candidate>> all) {
        if (chosen.size() == places.size()) {
            all.add(List.copyOf(chosen));
            return;
        }
        for (Candidate candidate : places.get(chosen.size())) {
            if (taken.add(candidate)) {
                chosen.add(candidate);
                extend(places, chosen, taken, all);
                chosen.remove(chosen.size() - 1);
                taken.remove(candidate);
            }
        }
    }
}
