package dev.taskorder.starter.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Local mode as people meet it: started, stopped, killed and started again as processes. */
@Execution(ExecutionMode.CONCURRENT)
class LocalModeTest {
    private static final Path TOOLS = RunningInstance.tools();

    @TempDir
    Path folder;

    @TempDir
    Path otherFolder;

    @AfterEach
    void leave_nothing_running() {
        RunningInstance.killServersOf(folder);
        RunningInstance.killServersOf(otherFolder);
    }

    @Test
    void two_instances_run_side_by_side_and_ctrl_c_leaves_nothing_running() throws Exception {
        try (RunningInstance one = RunningInstance.start(folder, TOOLS);
                RunningInstance other =
                        RunningInstance.start(otherFolder, TOOLS, "--taskorder.local.temporal=in-jvm")) {
            assertThat(one.awaitReady()).contains("/swagger-ui.html", "Temporal 127.0.0.1:");
            assertThat(other.awaitReady()).contains("no Web UI", "not kept");
            assertRefusesASecondOn(folder);

            one.pressCtrlC();
            one.awaitExit();

            assertThat(one.servers()).isEmpty();
            assertThat(other.servers()).hasSize(1);
            other.pressCtrlC();
            other.awaitExit();
            assertThat(other.servers()).isEmpty();
            assertThat(other.output()).doesNotContain("Exception");
        }
    }

    @Test
    void a_killed_instance_leaves_nothing_double_and_its_open_orders_go_on() throws Exception {
        try (RunningInstance killed = RunningInstance.start(folder, TOOLS)) {
            String order = new OrderCaller(killed.awaitReady()).createThatOutlivesItsFirstAttempt();
            int servers = killed.servers().size();
            Path pidFile = folder.resolve("postgres.pid");
            String pidOfKilled = Files.readString(pidFile);

            killed.killHard();
            assertThat(killed.servers()).as("a killed process cannot stop them").hasSize(servers);

            try (RunningInstance again = RunningInstance.start(folder, TOOLS)) {
                new OrderCaller(again.awaitReady()).awaitSuccess(order);
                assertThat(again.servers()).hasSize(servers);
                assertThat(Files.readString(pidFile)).isNotEqualTo(pidOfKilled);
            }
        }
        assertThat(folder.resolve("postgres.pid")).doesNotExist();
    }

    @ParameterizedTest
    @ValueSource(strings = {"server.port", "taskorder.local.temporal-port", "taskorder.local.temporal-ui-port"})
    void a_taken_port_is_refused_in_words_that_name_the_setting(String setting) throws Exception {
        boolean needsProgram = setting.endsWith("ui-port");
        assumeTrue(!needsProgram || System.getProperty("taskorder.temporal.program") != null);
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                RunningInstance refused =
                        RunningInstance.start(folder, TOOLS, "--" + setting + "=" + taken.getLocalPort())) {
            assertThat(refused.awaitExit()).isNotZero();
            assertRefusal(refused, setting + ": port " + taken.getLocalPort() + " of 127.0.0.1 is taken");
            assertThat(refused.servers()).isEmpty();
        }
    }

    @Test
    void ports_that_are_taken_are_told_all_at_once() throws Exception {
        try (ServerSocket one = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                ServerSocket other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                RunningInstance refused = RunningInstance.start(
                        folder,
                        TOOLS,
                        "--server.port=" + one.getLocalPort(),
                        "--taskorder.local.temporal-port=" + other.getLocalPort())) {
            assertThat(refused.awaitExit()).isNotZero();
            assertRefusal(refused, "server.port: port " + one.getLocalPort() + " of 127.0.0.1 is taken");
            assertRefusal(
                    refused, "taskorder.local.temporal-port: port " + other.getLocalPort() + " of 127.0.0.1 is taken");
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "taskorder.roles=api,foo                    | taskorder.roles: 'foo' is no role; give some of api,worker",
                "server.port=70000                          | server.port: '70000' is not a whole number from 0 to 65535",
                "taskorder.shutdown-grace=banana            | taskorder.shutdown-grace: 'banana' is not a time of 0s",
                "taskorder.temporal.executor-slots=0        | taskorder.temporal.executor-slots: '0' is not a whole",
                "taskorder.rolse=api                        | taskorder.rolse is not a setting",
                "taskorder.local.default-executor=nope      | taskorder.local.default-executor: no executor is named 'nope'"
            })
    void a_setting_that_cannot_be_meant_is_refused_in_words(String setting, String words) throws Exception {
        try (RunningInstance refused = RunningInstance.start(folder, TOOLS, "--" + setting)) {
            assertThat(refused.awaitExit()).isNotZero();
            assertRefusal(refused, words);
        }
    }

    @Test
    void a_start_that_is_stopped_has_not_failed() throws Exception {
        try (RunningInstance starting = RunningInstance.start(folder, TOOLS)) {
            starting.awaitOutput("PostgreSQL listens on");
            starting.pressCtrlC();
            starting.awaitExit();
            assertNoStackTrace(starting);
            assertThat(starting.output()).doesNotContain("FAILED TO START", " ERROR ");
            assertThat(starting.servers()).isEmpty();
        }
    }

    @Test
    void a_stop_that_waits_for_an_attempt_says_so() throws Exception {
        try (RunningInstance stopping = RunningInstance.start(folder, TOOLS, "--taskorder.shutdown-grace=1s")) {
            new OrderCaller(stopping.awaitReady()).createThatOutlivesItsFirstAttempt();
            stopping.pressCtrlC();
            stopping.awaitExit();
            assertThat(stopping.output())
                    .contains("stopping; attempts that run get up to 1 s count=1")
                    .doesNotContain("Wait for release of slots");
        }
    }

    @ParameterizedTest
    @CsvSource({"0.0.0.0, 0.0.0.0", "'', 'blank, which means all addresses,'"})
    void an_address_that_others_can_reach_is_refused_in_any_profile(String address, String shown) throws Exception {
        try (RunningInstance refused =
                RunningInstance.start(folder, TOOLS, "--spring.profiles.active=other", "--server.address=" + address)) {
            assertThat(refused.awaitExit()).isNotZero();
            assertRefusal(refused, "server.address: " + shown + " is not a loopback address");
        }
    }

    private static void assertRefusesASecondOn(Path liveFolder) throws Exception {
        try (RunningInstance second = RunningInstance.start(liveFolder, TOOLS)) {
            assertThat(second.awaitExit()).isNotZero();
            assertRefusal(second, "taskorder.local.data-dir: " + liveFolder + " is in use by process");
        }
    }

    private static void assertRefusal(RunningInstance instance, String words) {
        assertThat(instance.output()).contains(words, "Action:");
        assertNoStackTrace(instance);
    }

    private static void assertNoStackTrace(RunningInstance instance) {
        Matcher stackTrace =
                Pattern.compile("^\\s+at \\S+\\(", Pattern.MULTILINE).matcher(instance.output());
        assertThat(stackTrace.find())
                .as("no stack trace in:%n%s", instance.output())
                .isFalse();
    }
}
