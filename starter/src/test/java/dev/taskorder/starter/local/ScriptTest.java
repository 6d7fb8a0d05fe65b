package dev.taskorder.starter.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What ./taskorder says on a machine that lacks something. */
class ScriptTest {
    private static final Path SCRIPT =
            Path.of("..", "taskorder").toAbsolutePath().normalize();
    private static final List<String> EVERYDAY_PROGRAMS =
            List.of("bash", "cat", "dirname", "env", "head", "readlink", "sed", "sort");

    @TempDir
    Path path;

    @BeforeEach
    void a_machine_with_nothing_but_everyday_programs() throws IOException {
        for (String program : EVERYDAY_PROGRAMS) {
            Files.createSymbolicLink(
                    path.resolve(program), Programs.find(program).orElseThrow());
        }
    }

    @Test
    void a_missing_jdk_is_told_in_words() throws Exception {
        assertThat(run("up"))
                .isEqualTo("taskorder: no JDK found: install one, 17 or newer, and put it on the PATH or in"
                        + " JAVA_HOME.\nexit code 1");
    }

    @Test
    void an_old_jdk_is_told_in_words() throws Exception {
        program("java", "echo 'openjdk version \"11.0.20\" 2023-07-18' >&2");
        assertThat(run("up")).contains("is version 11.0.20; 17 or newer is needed", "exit code 1");
    }

    @Test
    void a_runtime_without_a_compiler_is_told_in_words() throws Exception {
        program("java", "echo 'openjdk version \"17.0.15\" 2025-04-15' >&2");
        assertThat(run("test")).contains("is a runtime only; a JDK (with javac) is needed", "exit code 1");
    }

    @Test
    void a_missing_maven_is_told_in_words() throws Exception {
        aJdk();
        assertThat(run("demo")).contains("no Maven found: install it, 3.8.7 or newer", "exit code 1");
    }

    @Test
    void an_old_maven_is_told_in_words() throws Exception {
        aJdk();
        program("mvn", "echo 'Apache Maven 3.6.3'");
        assertThat(run("up")).contains("Maven is version 3.6.3; 3.8.7 or newer is needed", "exit code 1");
    }

    @Test
    void an_unknown_command_shows_what_there_is() throws Exception {
        assertThat(run("dance")).contains("usage: ./taskorder", "unknown command: dance", "exit code 1");
    }

    /** With the program there, the build is reached, which says what it is given; without it, CI does not go on. */
    @Test
    void the_runner_of_the_suite_leaves_nothing_out() throws Exception {
        aJdk();
        program("mvn", "echo 'Apache Maven 3.9.9'; echo \"CI=$CI\"");
        assertThat(run(SCRIPT.resolveSibling(".ci").resolve("run"), "-q"))
                .containsAnyOf("CI=true", "is needed in CI and could not be installed");
    }

    private void aJdk() throws IOException {
        program("java", "echo 'openjdk version \"21\" 2023-09-19' >&2");
        program("javac", "exit 0");
    }

    private void program(String name, String body) throws IOException {
        Path file = Files.writeString(path.resolve(name), "#!/usr/bin/env bash\n" + body + "\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private String run(String command) throws Exception {
        return run(SCRIPT, command);
    }

    private String run(Path script, String argument) throws Exception {
        ProcessBuilder builder = new ProcessBuilder(script.toString(), argument).redirectErrorStream(true);
        builder.environment().remove("CI");
        builder.environment().put("PATH", path.toString());
        builder.environment().remove("JAVA_HOME");
        Process process = builder.start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return output + "exit code " + process.waitFor();
    }
}
