package dev.taskorder.starter.order;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.taskorder.starter.problem.ProblemException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.springframework.mock.web.MockHttpServletRequest;

class IdempotencyKeyTest {
    private final MockHttpServletRequest request = new MockHttpServletRequest();

    @Test
    void no_header_is_no_key() {
        assertThat(IdempotencyKey.of(request)).isNull();
    }

    @Test
    void the_bytes_of_the_header_are_utf_8() {
        send("k-\u00e4\u20ac".getBytes(StandardCharsets.UTF_8));

        assertThat(IdempotencyKey.of(request)).isEqualTo("k-\u00e4\u20ac");
    }

    @Test
    void bytes_that_are_no_utf_8_are_refused() {
        send(new byte[] {'k', (byte) 0xe4});

        assertThatThrownBy(() -> IdempotencyKey.of(request)).isInstanceOf(ProblemException.class);
    }

    @Test
    void two_headers_are_refused() {
        request.addHeader(IdempotencyKey.HEADER, "a");
        request.addHeader(IdempotencyKey.HEADER, "b");

        assertThatThrownBy(() -> IdempotencyKey.of(request)).isInstanceOf(ProblemException.class);
    }

    /** The container makes one char of each byte. */
    private void send(byte[] bytes) {
        request.addHeader(IdempotencyKey.HEADER, new String(bytes, StandardCharsets.ISO_8859_1));
    }
}
