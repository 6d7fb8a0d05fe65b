package dev.taskorder.starter.local;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A server program that local mode started: its output goes to a log file, and a pid file beside it lets the next start
 * find it again if this process is killed.
 */
final class ChildProcess {
    private static final Logger log = LoggerFactory.getLogger(ChildProcess.class);
    private static final Duration KILL_WAIT = Duration.ofSeconds(5);

    /** How a program is asked to end. */
    enum StopSignal {
        /** Finish and go. */
        TERM,
        /** PostgreSQL's "fast": do not wait for clients to leave by themselves. */
        INT
    }

    private final String name;
    private final Process process;
    private final PidFile pidFile;
    private final Path logFile;

    private ChildProcess(String name, Process process, PidFile pidFile, Path logFile) {
        this.name = name;
        this.process = process;
        this.pidFile = pidFile;
        this.logFile = logFile;
    }

    /** Starts the program; its command line must contain the data folder, for that is how it is recognised later. */
    static ChildProcess start(String name, DataFolder folder, List<String> command) {
        Path logFile = folder.file(name + ".log");
        PidFile pidFile = PidFile.of(folder, name);
        try {
            keepPreviousLog(logFile);
            Process process = new ProcessBuilder(inOwnSession(command))
                    .directory(folder.path().toFile())
                    .redirectInput(Path.of("/dev/null").toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(logFile.toFile())
                    .start();
            pidFile.write(process.toHandle());
            return new ChildProcess(name, process, pidFile, logFile);
        } catch (IOException cannotStart) {
            throw new UncheckedIOException("cannot start " + command.get(0), cannotStart);
        }
    }

    /** Waits a moment for it to come up; false if it is still on its way. */
    boolean hasExitedWithin(Duration wait) throws InterruptedException {
        return process.waitFor(wait.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** What to tell a person when it ended by itself. */
    String epitaph() {
        return name + " ended with exit code " + process.exitValue() + "; see " + logFile;
    }

    /** Calls back if the program ends without having been stopped. */
    void whenLost(Runnable action) {
        var unused = process.onExit().thenRun(() -> {
            if (pidFile.exists()) {
                action.run();
            }
        });
    }

    void stop(StopSignal signal, Duration patience) {
        pidFile.delete();
        end(name, process.toHandle(), signal, patience);
    }

    /** Stops what an earlier process of this data folder left running. */
    static void stopLeftover(String name, DataFolder folder, StopSignal signal, Duration patience) {
        PidFile pidFile = PidFile.of(folder, name);
        pidFile.find().ifPresent(leftover -> {
            log.info("stopping {} (process {}), left over from a run that was killed", name, leftover.pid());
            end(name, leftover, signal, patience);
        });
        pidFile.delete();
    }

    private static void end(String name, ProcessHandle process, StopSignal signal, Duration patience) {
        if (!process.isAlive()) {
            return;
        }
        signal(process, signal);
        if (!endsWithin(process, patience)) {
            log.warn("{} (process {}) did not end within {} s; killing it", name, process.pid(), patience.toSeconds());
            process.destroyForcibly();
            endsWithin(process, KILL_WAIT);
        }
    }

    private static void signal(ProcessHandle process, StopSignal signal) {
        try {
            // Java itself can only send TERM and KILL; kill is built into every sh
            new ProcessBuilder("sh", "-c", "kill -" + signal + " " + process.pid())
                    .start()
                    .waitFor();
        } catch (IOException noShell) {
            process.destroy();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private static boolean endsWithin(ProcessHandle process, Duration patience) {
        try {
            process.onExit().get(patience.toMillis(), TimeUnit.MILLISECONDS);
            return true;
        } catch (TimeoutException | ExecutionException stillThere) {
            return !process.isAlive();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** Ctrl-C goes to every process of the terminal's group; ours must outlive the application that uses them. */
    private static List<String> inOwnSession(List<String> command) {
        List<String> whole = new ArrayList<>();
        if (Programs.find("setsid").isPresent()) {
            whole.add("setsid");
        } else if (Programs.find("perl").isPresent()) {
            whole.addAll(List.of("perl", "-MPOSIX", "-e", "POSIX::setsid(); exec @ARGV or die", "--"));
        }
        whole.addAll(command);
        return whole;
    }

    private static void keepPreviousLog(Path logFile) throws IOException {
        if (Files.exists(logFile)) {
            Files.move(logFile, Path.of(logFile + ".1"), StandardCopyOption.REPLACE_EXISTING);
        }
    }
}
