package dev.taskorder.trials;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class BenchOptionsTest {
    private static final List<String> TRIALS = List.of("create", "footprint");

    @Test
    void without_options_everything_is_run() {
        BenchOptions options = parse();
        assertThat(options.wants("create")).isTrue();
        assertThat(options.wants("footprint")).isTrue();
        assertThat(options.json()).isNull();
        assertThat(options.setup().rounds()).isEqualTo(7);
    }

    @Test
    void one_trial_and_a_file_can_be_asked_for() {
        BenchOptions options =
                parse("--only", "create", "--json", "figures.json", "--rounds", "9", "--claims", "1000000");
        assertThat(options.wants("create")).isTrue();
        assertThat(options.wants("footprint")).isFalse();
        assertThat(options.json()).isEqualTo(Path.of("figures.json"));
        assertThat(options.setup().rounds()).isEqualTo(9);
        assertThat(options.setup().claims()).isEqualTo(1_000_000);
    }

    @Test
    void what_is_not_known_is_refused_in_words() {
        assertThatThrownBy(() -> parse("--only", "speed"))
                .hasMessageContaining("'speed'")
                .hasMessageContaining("create");
        assertThatThrownBy(() -> parse("--fast", "yes")).hasMessageContaining("unknown option --fast");
        assertThatThrownBy(() -> parse("--json")).hasMessage("--json needs a value");
        assertThatThrownBy(() -> parse("--rounds", "0")).hasMessageContaining("was '0'");
    }

    private static BenchOptions parse(String... args) {
        return BenchOptions.parse(args, TRIALS);
    }
}
