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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Local mode as people meet it: started, stopped, killed and started again as processes. */
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
        Matcher stackTrace =
                Pattern.compile("^\\s+at \\S+\\(", Pattern.MULTILINE).matcher(instance.output());
        assertThat(stackTrace.find())
                .as("no stack trace in:%n%s", instance.output())
                .isFalse();
    }
}
