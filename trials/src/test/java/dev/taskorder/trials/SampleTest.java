package dev.taskorder.trials;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SampleTest {
    private static final Sample HUNDRED =
            Sample.of(IntStream.rangeClosed(1, 100).mapToDouble(i -> 101 - i).toArray());

    @Test
    void percentiles_are_values_that_were_seen() {
        assertThat(HUNDRED.percentile(50)).isEqualTo(50);
        assertThat(HUNDRED.percentile(95)).isEqualTo(95);
        assertThat(HUNDRED.percentile(99)).isEqualTo(99);
        assertThat(HUNDRED.percentile(99.1)).isEqualTo(100);
        assertThat(HUNDRED.percentile(100)).isEqualTo(100);
        assertThat(Sample.of(7).percentile(1)).isEqualTo(7);
    }

    @Test
    void a_median_of_an_even_number_lies_between_the_middle_two() {
        assertThat(HUNDRED.median()).isEqualTo(50.5);
        assertThat(Sample.of(3, 1, 2).median()).isEqualTo(2);
    }

    @Test
    void the_range_does_not_depend_on_the_order_of_the_values() {
        Sample sample = Sample.of(2, 9, 4);
        assertThat(sample.min()).isEqualTo(2);
        assertThat(sample.max()).isEqualTo(9);
        assertThat(sample.size()).isEqualTo(3);
    }

    @Test
    void nothing_measured_is_no_sample() {
        assertThatThrownBy(Sample::of).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void a_percentage_out_of_range_is_refused() {
        assertThatThrownBy(() -> HUNDRED.percentile(0)).hasMessageContaining("was 0.0");
        assertThatThrownBy(() -> HUNDRED.percentile(101)).hasMessageContaining("was 101.0");
    }

    @Test
    void a_series_keeps_every_value() {
        Series series = new Series();
        IntStream.range(0, 3000).forEach(series::add);
        Series both = new Series();
        both.add(-1);
        both.addAll(series);
        assertThat(both.size()).isEqualTo(3001);
        assertThat(both.sample().min()).isEqualTo(-1);
        assertThat(both.sample().max()).isEqualTo(2999);
    }
}
