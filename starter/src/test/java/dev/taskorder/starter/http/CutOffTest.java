package dev.taskorder.starter.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.taskorder.api.ledger.LedgerEntry;
import dev.taskorder.starter.testing.Http;
import dev.taskorder.starter.testing.Http.Answer;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.Iterator;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.dao.QueryTimeoutException;

/** An answer that is sent while it is read, when reading it fails. */
@HttpLayer
class CutOffTest {
    private static final LedgerEntry ENTRY = new LedgerEntry(
            "e",
            new UUID(0, 1),
            "k",
            null,
            "prod",
            "p",
            1,
            LedgerEntry.Phase.POST,
            "lease",
            "spend:lease:C",
            "held",
            BigDecimal.ONE,
            "EUR",
            null,
            null,
            null,
            null,
            null,
            Instant.EPOCH);

    @LocalServerPort
    int port;

    @Autowired
    FakeLedger ledger;

    @AfterEach
    void nothing_is_in_the_books() {
        ledger.portions = List.of(List.of());
    }

    @Test
    void nothing_is_sent_yet_when_the_first_portion_fails() {
        ledger.portions = () -> failing(0);

        Answer answer = new Http(port, "tenant_a").get("/v1/ledger/entries", "Accept", "text/csv");

        assertThat(answer.status()).isEqualTo(503);
        assertThat(answer.code()).isEqualTo("unavailable");
    }

    @Test
    void an_answer_that_fails_in_the_middle_does_not_look_whole() throws Exception {
        ledger.portions = () -> failing(3);

        Raw raw = Raw.send(
                port, "GET /v1/ledger/entries HTTP/1.1\r\nHost: localhost\r\ntenant: tenant_a\r\nAccept: text/csv");

        assertThat(raw.status()).isEqualTo(200);
        assertThat(raw.answer())
                .contains("e,00000000-0000-0000-0000-000000000001,k,")
                .doesNotContain("problem")
                .as("the last chunk of HTTP has no bytes")
                .doesNotEndWith("\r\n0\r\n\r\n");
    }

    private static Iterator<List<LedgerEntry>> failing(int after) {
        return Stream.iterate(0, portion -> portion + 1)
                .map(portion -> {
                    if (portion == after) {
                        throw new QueryTimeoutException("too late");
                    }
                    return List.of(ENTRY);
                })
                .iterator();
    }
}
