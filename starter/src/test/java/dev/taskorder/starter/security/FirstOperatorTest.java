package dev.taskorder.starter.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.taskorder.api.page.PageRequest;
import dev.taskorder.api.principal.ApiKey;
import dev.taskorder.api.principal.ApiKeys;
import dev.taskorder.api.principal.KeyText;
import dev.taskorder.api.principal.Role;
import dev.taskorder.api.tenant.Caller;
import dev.taskorder.api.tenant.TenantId;
import dev.taskorder.starter.TaskOrderApplication;
import dev.taskorder.starter.startup.StartRefusedException;
import dev.taskorder.starter.tenant.BackgroundRunner;
import dev.taskorder.starter.testing.Http;
import dev.taskorder.starter.testing.TestDatabase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.test.annotation.DirtiesContext;

/** How the first operator of an installation comes in; with a database of its own, for it must be new. */
@SpringBootTest(
        classes = TaskOrderApplication.class,
        webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
        properties = {
            TestDatabase.WANTED + "=first_operator",
            "management.server.port=0",
            "taskorder.roles=api",
            "taskorder.security.accept=api-keys",
            "taskorder.temporal.target=127.0.0.1:1"
        })
@DirtiesContext
@ExtendWith(OutputCaptureExtension.class)
class FirstOperatorTest {
    private static final int AT_ONCE = 16;

    @LocalServerPort
    int port;

    @Autowired
    ApiKeys keys;

    @Autowired
    BackgroundRunner runner;

    @TempDir
    Path folder;

    @BeforeEach
    void nobody_was_ever_let_in() {
        TestDatabase.asSuperuser("first_operator").sql("TRUNCATE api_key").update();
    }

    @Test
    void of_many_processes_one_makes_a_key_and_a_file_that_only_its_owner_reads(CapturedOutput log) throws Exception {
        atOnce(Collections.nCopies(AT_ONCE, Optional.empty()));

        List<Path> files = files();
        assertThat(files).hasSize(1);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(files.get(0))))
                .isEqualTo("rw-------");
        String key = Files.readString(files.get(0)).strip();
        assertThat(known())
                .extracting(ApiKey::keyId)
                .containsExactly(parsed(key).keyId());
        assertThat(log.getAll()).contains(files.get(0).toString()).doesNotContain(secretOf(key));
        assertThat(new Http(port, "")
                        .get("/v1/tenants", "Authorization", "Bearer " + key)
                        .status())
                .isEqualTo(200);

        start(Optional.empty());
        assertThat(files()).as("later starts make none").hasSize(1);
    }

    @Test
    void a_key_that_is_given_is_taken_as_it_is_by_many_at_once_and_never_shown(CapturedOutput log) throws Exception {
        KeyText key = made();
        atOnce(Collections.nCopies(AT_ONCE, Optional.of(key)));
        start(Optional.of(key));

        assertThat(known()).extracting(ApiKey::keyId).containsExactly(key.keyId());
        assertThat(files()).isEmpty();
        assertThat(log.getAll()).contains(key.keyId()).doesNotContain(secretOf(key.text()));
        assertThat(new Http(port, "")
                        .get("/v1/tenants", "Authorization", "Bearer " + key.text())
                        .status())
                .isEqualTo(200);
    }

    @Test
    void of_two_keys_that_are_given_at_once_each_is_taken_and_of_a_third_one_it_is_said_why_not(CapturedOutput log)
            throws Exception {
        KeyText first = made();
        KeyText second = made();
        List<Optional<KeyText>> both = new ArrayList<>(Collections.nCopies(AT_ONCE / 2, Optional.of(first)));
        both.addAll(Collections.nCopies(AT_ONCE / 2, Optional.of(second)));
        atOnce(both);
        KeyText third = made();
        start(Optional.of(third));

        assertThat(known()).extracting(ApiKey::keyId).containsExactlyInAnyOrder(first.keyId(), second.keyId());
        assertThat(log.getAll()).contains("is not taken: two others are live").contains(third.keyId());
    }

    @Test
    void one_that_was_revoked_is_not_taken_again_and_none_is_made_for_it(CapturedOutput log) throws Exception {
        KeyText key = made();
        start(Optional.of(key));
        runner.call(TenantId.SYSTEM, () -> keys.revoke(key.keyId()));
        start(Optional.of(key));
        start(Optional.empty());

        assertThat(known()).hasSize(1).allMatch(one -> one.revokedAt() != null);
        assertThat(files()).isEmpty();
        assertThat(log.getAll()).contains("was revoked, and is not taken again");
    }

    @Test
    void after_the_last_operators_key_was_revoked_a_new_one_that_is_given_lets_somebody_in() {
        KeyText first = made();
        start(Optional.of(first));
        runner.call(TenantId.SYSTEM, () -> keys.revoke(first.keyId()));
        KeyText second = made();
        start(Optional.of(second));

        assertThat(status(second)).isEqualTo(200);
        await().atMost(Duration.ofSeconds(2)).until(() -> status(first) == 401);
    }

    @Test
    void one_that_was_revoked_long_ago_is_still_not_taken_again_whatever_was_made_meanwhile() {
        KeyText key = made();
        start(Optional.of(key));
        TestDatabase.asSuperuser("first_operator")
                .sql("UPDATE api_key SET place = NULL, revoked_at = now() - interval '1 year'")
                .update();
        runner.call(TenantId.SYSTEM, () -> keys.create(new ApiKeys.NewKey("ops", Role.OPERATOR, null), Caller.SYSTEM));
        start(Optional.of(key));

        assertThat(known()).filteredOn(one -> one.revokedAt() == null).hasSize(1);
        assertThat(status(key)).isEqualTo(401);
    }

    @Test
    void that_a_key_was_taken_stands_once_in_the_log_that_operators_read() throws Exception {
        KeyText key = made();
        atOnce(Collections.nCopies(AT_ONCE, Optional.of(key)));
        start(Optional.of(key));

        Http.Answer log = new Http(port, "")
                .get(
                        "/v1/audit?object_id=" + key.keyId(),
                        "Authorization",
                        "Bearer " + key.text(),
                        "tenant",
                        "_system");
        assertThat(log.json().path("items")).hasSize(1);
        assertThat(log.text())
                .contains("\"actor\":\"bootstrap\"", "\"action\":\"api_key.adopt\"", "\"object_type\":\"api_key\"")
                .doesNotContain(secretOf(key.text()));
    }

    private int status(KeyText key) {
        return new Http(port, "")
                .get("/v1/tenants", "Authorization", "Bearer " + key.text())
                .status();
    }

    @Test
    void a_folder_that_cannot_be_written_to_stops_the_start_in_words() {
        Path nowhere = folder.resolve("missing").resolve("operator-key");
        assertThatThrownBy(
                        () -> new FirstOperator(keys, runner, Optional.empty(), nowhere).afterSingletonsInstantiated())
                .isInstanceOf(StartRefusedException.class)
                .hasMessageStartingWith(
                        "taskorder.bootstrap-key-file: the first operator's key cannot be written to " + nowhere + ".");
        assertThat(known()).isEmpty();
    }

    @Test
    void after_a_crash_between_the_file_and_the_key_the_next_start_makes_another() throws Exception {
        ApiKeys crashes = (ApiKeys) java.lang.reflect.Proxy.newProxyInstance(
                ApiKeys.class.getClassLoader(), new Class<?>[] {ApiKeys.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("adopt")) {
                        throw new IllegalStateException("the process is killed here");
                    }
                    return method.invoke(keys, arguments);
                });
        FirstOperator killed = new FirstOperator(crashes, runner, Optional.empty(), file());
        assertThatThrownBy(killed::afterSingletonsInstantiated).hasMessage("the process is killed here");
        assertThat(files()).hasSize(1);

        start(Optional.empty());
        assertThat(files()).hasSize(2);
        assertThat(known()).hasSize(1).allMatch(key -> Files.exists(folder.resolve("operator-key." + key.keyId())));
    }

    private void atOnce(List<Optional<KeyText>> given) throws Exception {
        ExecutorService processes = Executors.newFixedThreadPool(given.size());
        CountDownLatch ready = new CountDownLatch(given.size());
        try {
            List<Future<?>> starts = new ArrayList<>();
            for (Optional<KeyText> key : given) {
                starts.add(processes.submit(() -> {
                    ready.countDown();
                    ready.await();
                    start(key);
                    return null;
                }));
            }
            for (Future<?> one : starts) {
                one.get();
            }
        } finally {
            processes.shutdown();
        }
    }

    private void start(Optional<KeyText> given) {
        new FirstOperator(keys, runner, given, file()).afterSingletonsInstantiated();
    }

    private Path file() {
        return folder.resolve("operator-key");
    }

    private List<Path> files() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.toList();
        }
    }

    private List<ApiKey> known() {
        return runner.call(TenantId.SYSTEM, () -> keys.list(new PageRequest(50, null)))
                .items();
    }

    private static KeyText made() {
        return KeyText.make(TenantId.SYSTEM, new SecureRandom());
    }

    private static KeyText parsed(String key) {
        return KeyText.parse(key).orElseThrow();
    }

    private static String secretOf(String key) {
        return key.split("\\.")[2];
    }
}
