package dev.taskorder.trials;

import java.util.Arrays;

/** Values as they come in, from many threads, without a box for each. */
final class Series {
    private double[] values = new double[1024];
    private int size;

    synchronized void add(double value) {
        if (size == values.length) {
            values = Arrays.copyOf(values, 2 * size);
        }
        values[size++] = value;
    }

    synchronized void addAll(Series other) {
        for (double value : other.values()) {
            add(value);
        }
    }

    synchronized int size() {
        return size;
    }

    synchronized double[] values() {
        return Arrays.copyOf(values, size);
    }

    Sample sample() {
        return Sample.of(values());
    }
}
