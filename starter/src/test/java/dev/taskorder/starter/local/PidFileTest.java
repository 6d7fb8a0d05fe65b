package dev.taskorder.starter.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PidFileTest {
    @TempDir
    Path path;

    private DataFolder folder;
    private Process process;

    @BeforeEach
    void start_a_process_that_names_the_folder() throws Exception {
        folder = DataFolder.open(path);
        process = new ProcessBuilder("sh", "-c", "read line # " + folder.path()).start();
    }

    @AfterEach
    void stop_it() throws Exception {
        process.destroyForcibly();
        folder.close();
    }

    @Test
    void finds_the_process_it_speaks_of() throws Exception {
        PidFile pidFile = PidFile.of(folder, "server");
        pidFile.write(process.toHandle());
        assertThat(pidFile.find()).contains(process.toHandle());
    }

    @Test
    void a_process_with_that_pid_but_another_start_time_is_a_stranger() throws Exception {
        PidFile pidFile = PidFile.of(folder, "server");
        Files.writeString(path.resolve("server.pid"), process.pid() + "\n1000\n" + folder.path() + "\n");
        assertThat(pidFile.find()).isEmpty();
    }

    @Test
    void a_process_that_does_not_name_the_folder_is_a_stranger() throws Exception {
        PidFile pidFile = PidFile.of(folder, "server");
        pidFile.write(ProcessHandle.current());
        assertThat(pidFile.find()).isEmpty();
    }

    @Test
    void an_unreadable_file_finds_nothing() throws Exception {
        Files.writeString(path.resolve("server.pid"), "not a pid\n");
        assertThat(PidFile.of(folder, "server").find()).isEmpty();
    }
}
