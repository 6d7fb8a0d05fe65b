package dev.taskorder.activities.matching.model;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/** Shortens what fails, so that it can be read. */
public final class Shrinking {
    private Shrinking() {}

    /** A part of the list, in its order, that still fails and of which no single element can be left out. */
    public static <T> List<T> shortest(List<T> failing, Predicate<List<T>> fails) {
        List<T> shortest = failing;
        int run = shortest.size() / 2;
        while (run >= 1) {
            List<T> shorter = without(shortest, run, fails);
            run = shorter.size() < shortest.size() && run == 1 ? 1 : run / 2;
            shortest = shorter;
        }
        return shortest;
    }

    private static <T> List<T> without(List<T> all, int run, Predicate<List<T>> fails) {
        List<T> left = all;
        int at = 0;
        while (at < left.size()) {
            List<T> tried = new ArrayList<>(left);
            tried.subList(at, Math.min(at + run, tried.size())).clear();
            if (fails.test(tried)) {
                left = tried;
            } else {
                at += run;
            }
        }
        return left;
    }
}
