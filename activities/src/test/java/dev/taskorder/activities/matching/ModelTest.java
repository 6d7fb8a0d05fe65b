package dev.taskorder.activities.matching;

import static org.assertj.core.api.Assertions.assertThat;

import dev.taskorder.activities.matching.model.Look;
import dev.taskorder.activities.matching.model.Order;
import dev.taskorder.activities.matching.model.Reference;
import dev.taskorder.activities.matching.model.Shrinking;
import dev.taskorder.activities.matching.model.Step;
import dev.taskorder.activities.matching.model.Story;
import dev.taskorder.activities.matching.model.World;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/**
 * The core against the reference, look by look, while the pool and the queue change at random. A story that fails is told
 * again in as few steps as still fail, with its seed, which is then to be kept below. More of them:
 * {@code -Dtaskorder.model.stories=200000}, others: {@code -Dtaskorder.model.from=1000000}.
 */
@Execution(ExecutionMode.CONCURRENT)
class ModelTest {
    /** What once showed a fault; the last three one that was planted. */
    private static final long[] REGRESSIONS = {
        2, // who can pay only what is cheap never got it, for others took it one by one; what was banned seemed gone
        // for good
        5, // who could never pay waited until something was free, and kept slots from others meanwhile
        24, // of assets with as many leases that one was chosen which had been leased a moment ago
        269, // who starved kept a free slot besides the one that was kept for its key
        303, // the cheapest took what was kept for others though another was as cheap
        352, // of the cheapest assets the later hint got the better one
        539, // who starved and was urgent lost to others what was kept for a key
        936, // who was urgent and could not pay what was free was not given what was kept and cheap
        2_583, // who starved kept other slots than it would be given
        2_872, // was kept for others, and given though something free would have done
        3_515, // capacity that a kept slot needs was given away
        8_527, // of two kept slots the one with more time left was taken
    };

    private static final long STORIES = Long.getLong("taskorder.model.stories", 3_000);
    private static final long FROM = Long.getLong("taskorder.model.from", 0);

    @Test
    void the_core_decides_as_the_reference_does() {
        LongStream.concat(LongStream.of(REGRESSIONS), LongStream.range(FROM, FROM + STORIES))
                .forEach(seed -> agree(seed, Story.of(seed)));
    }

    @Test
    void the_core_decides_as_the_reference_does_where_money_is_short() {
        LongStream.range(FROM, FROM + STORIES).forEach(seed -> agree(seed, Story.ofMoney(seed)));
    }

    @Test
    void the_core_decides_as_the_reference_does_where_few_may_run() {
        LongStream.range(FROM, FROM + STORIES).forEach(seed -> agree(seed, Story.ofQuota(seed)));
    }

    @Test
    void the_stories_come_by_everything_that_can_be_decided() {
        Map<String, Integer> seen = new TreeMap<>();
        LongStream.range(0, 2_000).forEach(seed -> {
            World world = new World(Story.POLICIES);
            for (Step step : seed < 1_500 ? Story.ofMoney(seed) : Story.ofQuota(seed)) {
                if (step instanceof Step.Looks) {
                    int between = count(world, Order.State.BETWEEN);
                    Look look = Reference.look(world);
                    seen.merge("granted", look.grants().size(), Integer::sum);
                    look.grants().forEach(grant -> seen.merge(grant.by().name(), 1, Integer::sum));
                    seen.merge("again", look.again() ? 1 : 0, Integer::sum);
                    look.grants().stream()
                            .flatMap(grant -> grant.places().stream().map(place -> keptFor(world, grant, place)))
                            .forEach(kept -> seen.merge(kept, 1, Integer::sum));
                    seen.merge("exchanged", between - count(world, Order.State.BETWEEN), Integer::sum);
                    seen.merge("reserving", look.reserving() == null ? 0 : 1, Integer::sum);
                    look.ends().forEach(end -> seen.merge(end.code(), 1, Integer::sum));
                    look.waits().forEach((order, reason) -> seen.merge(nameOf(world, order, reason), 1, Integer::sum));
                } else {
                    step.happensIn(world);
                }
            }
        });
        assertThat(seen)
                .containsOnlyKeys(
                        "granted",
                        "open",
                        "kept",
                        "reclaimed",
                        "exchanged",
                        "reserving",
                        "NO_RESOURCE",
                        "BUDGET_EXCEEDED",
                        "EXECUTOR_ERROR",
                        "BLOCKED",
                        "TOO_DEAR_NOW",
                        "NOT_COVERED",
                        "NO_PLACE",
                        "USED_UP",
                        "PREFERENCE",
                        "PRICE",
                        "SUBSTITUTES",
                        "again")
                .allSatisfy((what, times) -> assertThat(times).as(what).isGreaterThan(20));
    }

    /** Who needs nothing waits for money only where a budget is used up. */
    private static String nameOf(World world, String name, Look.Reason reason) {
        Order order = world.order(name);
        boolean needsNothing = order != null
                && order.demand().hints().isEmpty()
                && !Story.POLICIES
                        .get(order.demand().policy())
                        .estimates()
                        .containsKey(order.header().taskType());
        return needsNothing && reason == Look.Reason.NOT_COVERED ? "USED_UP" : reason.name();
    }

    private static String keptFor(World world, Look.Grant grant, Look.Place place) {
        Order order = world.order(grant.order());
        if (order == null || place.keptFor() == null) {
            return "open";
        }
        return place.keptFor().equals(order.demand().retention()) ? "kept" : "reclaimed";
    }

    private static int count(World world, Order.State state) {
        return (int)
                world.orders().stream().filter(order -> order.state() == state).count();
    }

    private static void agree(long seed, List<Step> story) {
        if (difference(story).isEmpty()) {
            return;
        }
        List<Step> shortest =
                Shrinking.shortest(story, steps -> !difference(steps).isEmpty());
        assertThat(difference(shortest))
                .as(
                        "seed %d, in which\n%s\n",
                        seed, shortest.stream().map(Step::toString).collect(Collectors.joining("\n")))
                .isEmpty();
    }

    /** In what the first look that differs does so; nothing if none does. */
    private static List<String> difference(List<Step> story) {
        World world = new World(Story.POLICIES);
        for (Step step : story) {
            List<String> differences = step instanceof Step.Looks ? differencesOfALook(world) : List.of();
            if (!differences.isEmpty()) {
                return differences;
            }
            if (!(step instanceof Step.Looks)) {
                step.happensIn(world);
            }
        }
        return List.of();
    }

    private static List<String> differencesOfALook(World world) {
        try {
            Look core = CoreLook.of(world);
            List<String> differences = Reference.look(world).differences(core);
            boolean leftSome = differences.isEmpty()
                    && !core.again()
                    && !CoreLook.of(world).grants().isEmpty();
            return leftSome ? List.of("a look that follows at once grants more") : differences;
        } catch (RuntimeException | AssertionError e) {
            return List.of("the core failed with " + e);
        }
    }
}
