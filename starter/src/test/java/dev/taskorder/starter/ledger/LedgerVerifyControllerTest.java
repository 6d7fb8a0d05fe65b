package dev.taskorder.starter.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.taskorder.api.ledger.LedgerCheck;
import dev.taskorder.starter.problem.ProblemException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.mock.web.MockHttpServletRequest;

/** Books are compared one at a time. */
class LedgerVerifyControllerTest {
    private static final LedgerCheck.Verification GOOD = new LedgerCheck.Verification(Map.of(), List.of(), List.of());

    private final LedgerVerifyController controller = new LedgerVerifyController(this::asksAgain);
    private boolean again = true;

    /** Somebody asks while the books are being compared. */
    private LedgerCheck.Verification asksAgain() {
        if (again) {
            again = false;
            assertThatThrownBy(this::verify).isInstanceOfSatisfying(ProblemException.class, refused -> {
                assertThat(refused.problem().code().status()).isEqualTo(503);
                assertThat(refused.problem().headers()).containsEntry("Retry-After", "5");
            });
        }
        return GOOD;
    }

    @Test
    void who_asks_meanwhile_is_told_to_come_back_and_is_answered_then() {
        assertThat(verify()).isEqualTo(GOOD);
        assertThat(verify()).isEqualTo(GOOD);
    }

    private LedgerCheck.Verification verify() {
        return controller.verify(new MockHttpServletRequest("GET", "/v1/ledger/verify"));
    }
}
