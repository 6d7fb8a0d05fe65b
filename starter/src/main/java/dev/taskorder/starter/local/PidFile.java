package dev.taskorder.starter.local;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Which process we started, on three lines: pid, start time, data folder. A pid alone proves nothing, for the system
 * hands it out again: only a process of that start time whose command line names our data folder is ours.
 */
final class PidFile {
    /** The start time is computed from the boot time, which moves a little when the clock is adjusted. */
    private static final Duration CLOCK_SLACK = Duration.ofSeconds(3);

    private final Path file;
    private final String folder;

    private PidFile(Path file, String folder) {
        this.file = file;
        this.folder = folder;
    }

    static PidFile of(DataFolder folder, String name) {
        return new PidFile(folder.file(name + ".pid"), folder.path().toString());
    }

    void write(ProcessHandle process) throws IOException {
        Instant started = process.info().startInstant().orElse(Instant.EPOCH);
        Files.writeString(file, process.pid() + "\n" + started.toEpochMilli() + "\n" + folder + "\n");
    }

    boolean exists() {
        return Files.exists(file);
    }

    void delete() {
        try {
            Files.deleteIfExists(file);
        } catch (IOException kept) {
            throw new UncheckedIOException(kept);
        }
    }

    /** The live process that the file speaks of, if it is certain to be the one. */
    Optional<ProcessHandle> find() {
        try {
            return exists() ? find(Files.readAllLines(file)) : Optional.empty();
        } catch (IOException | NumberFormatException unreadable) {
            return Optional.empty();
        }
    }

    private Optional<ProcessHandle> find(List<String> lines) {
        if (lines.size() < 3 || !lines.get(2).equals(folder)) {
            return Optional.empty();
        }
        Instant started = Instant.ofEpochMilli(Long.parseLong(lines.get(1)));
        return ProcessHandle.of(Long.parseLong(lines.get(0)))
                .filter(process -> startedAt(process, started))
                .filter(process -> process.info().commandLine().orElse("").contains(folder));
    }

    private static boolean startedAt(ProcessHandle process, Instant expected) {
        return process.info()
                .startInstant()
                .map(actual -> Duration.between(expected, actual).abs().compareTo(CLOCK_SLACK) <= 0)
                .orElse(false);
    }
}
