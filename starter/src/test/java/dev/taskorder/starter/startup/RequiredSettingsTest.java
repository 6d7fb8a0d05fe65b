package dev.taskorder.starter.startup;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RequiredSettingsTest {
    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "127.1.2.3", "::1", "localhost"})
    void loopback_is_accepted(String address) {
        assertThatCode(() -> RequiredSettings.requireLoopback(address)).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @ValueSource(strings = {"0.0.0.0", "::", "10.0.0.1", "no.such.host.invalid"})
    void anything_else_is_refused(String address) {
        assertThatThrownBy(() -> RequiredSettings.requireLoopback(address))
                .isInstanceOf(StartRefusedException.class)
                .hasMessageContaining("server.address: " + address);
    }

    @Test
    void the_oldest_postgresql_is_16() {
        assertThatCode(() -> DatabaseVersion.requireAtLeast(16, "16.4")).doesNotThrowAnyException();
        assertThatThrownBy(() -> DatabaseVersion.requireAtLeast(15, "15.8"))
                .isInstanceOf(StartRefusedException.class)
                .hasMessageContaining("15.8")
                .hasMessageContaining("16");
    }
}
