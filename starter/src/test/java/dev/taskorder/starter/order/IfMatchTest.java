package dev.taskorder.starter.order;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.taskorder.starter.problem.ProblemException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.mock.web.MockHttpServletRequest;

class IfMatchTest {
    private final MockHttpServletRequest request = new MockHttpServletRequest();

    @ParameterizedTest
    @ValueSource(
            strings = {
                "*",
                " * ",
                "\"7\"",
                "\"6\",\"7\"",
                "\"6\" ,\t\"7\" , \"8\"",
                ",, \"7\",",
                "W/\"7\", \"7\"",
                "\"a,b\", \"7\"",
                "\"\", \"7\"",
                "\"\u00e4\",\"7\""
            })
    void these_name_version_7(String value) {
        assertThat(read(value).matches(7)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"8\"", "\"07\"", "W/\"7\"", "\"6\",\"8\"", "\"\"", "\"7,8\"", "\"*\"", "\"seven\""})
    void these_do_not(String value) {
        assertThat(read(value).matches(7)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                ",",
                "7",
                "\"7",
                "7\"",
                "'7'",
                "w/\"7\"",
                "W/ \"7\"",
                "W/*",
                "*, \"7\"",
                "\"7\" \"8\"",
                "\"7\"; \"8\"",
                "\"7 8\"",
                "**"
            })
    void these_cannot_be_read(String value) {
        assertThatThrownBy(() -> read(value))
                .isInstanceOf(ProblemException.class)
                .hasMessageContaining("/If-Match must be * or one or more entity tags")
                .hasMessageEndingWith(", was '" + value + "'");
    }

    @Test
    void several_headers_are_one_list() {
        request.addHeader(IfMatch.HEADER, "\"6\"");

        assertThat(read("\"7\"").matches(7)).isTrue();
    }

    @Test
    void without_the_header_it_is_asked_for() {
        assertThatThrownBy(() -> IfMatch.of(request)).hasMessageContaining("IF_MATCH_REQUIRED");
    }

    private IfMatch read(String value) {
        request.addHeader(IfMatch.HEADER, value);
        return IfMatch.of(request);
    }
}
