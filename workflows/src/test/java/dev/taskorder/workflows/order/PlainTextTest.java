package dev.taskorder.workflows.order;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PlainTextTest {
    @ParameterizedTest
    @CsvSource({
        "abc, 3, abc",
        "abcd, 3, abc",
        "a\0c, 3, a\uFFFDc",
        "a\uD83D\uDE00, 3, a\uD83D\uDE00",
        "ab\uD83D\uDE00, 3, ab",
        "a\uD83Dc, 3, a\uFFFDc",
        "a\uDE00c, 3, a\uFFFDc",
        "'', 3, ''",
    })
    void text_is_cut_between_characters_and_holds_nothing_that_a_row_cannot(String text, int max, String expected) {
        assertThat(PlainText.of(text, max)).isEqualTo(expected);
    }
}
