package dev.taskorder.starter.local;

import dev.taskorder.starter.startup.StartRefusedException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import org.jspecify.annotations.Nullable;

/**
 * The folder that one local instance keeps its data in, locked for as long as the instance lives. The operating system
 * drops the lock with the process, so a {@code kill -9} never leaves it behind.
 */
final class DataFolder implements AutoCloseable {
    private final Path path;
    private final FileChannel lock;

    private DataFolder(Path path, FileChannel lock) {
        this.path = path;
        this.lock = lock;
    }

    /** @throws StartRefusedException if another instance lives there, or the folder cannot be written */
    static DataFolder open(Path path) {
        try {
            Files.createDirectories(path);
            Path real = path.toRealPath();
            // nobody else on this machine has business with the data, the logs or the password
            Files.setPosixFilePermissions(real, PosixFilePermissions.fromString("rwx------"));
            return new DataFolder(real, locked(real));
        } catch (IOException notWritable) {
            throw new StartRefusedException(
                    "taskorder.local.data-dir: " + path + " cannot be used: " + notWritable,
                    "Give a folder of your own with --taskorder.local.data-dir=FOLDER.",
                    notWritable);
        }
    }

    Path path() {
        return path;
    }

    Path file(String name) {
        return path.resolve(name);
    }

    @Override
    public void close() throws IOException {
        lock.close();
    }

    private static FileChannel locked(Path folder) throws IOException {
        Path file = folder.resolve("lock");
        FileChannel channel =
                FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
        if (tryLock(channel) == null) {
            String holder = Files.readString(file).strip();
            channel.close();
            throw new StartRefusedException(
                    "taskorder.local.data-dir: " + folder + " is in use by process " + holder + ".",
                    "Stop that instance, or give this one a folder and ports of its own: --taskorder.local.data-dir=FOLDER"
                            + " --server.port=PORT --taskorder.local.temporal-port=0 --taskorder.local.temporal-ui-port=0");
        }
        channel.truncate(0);
        String holder = ProcessHandle.current().pid() + "\n";
        channel.write(ByteBuffer.wrap(holder.getBytes(StandardCharsets.UTF_8)));
        return channel;
    }

    private static @Nullable FileLock tryLock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock();
        } catch (OverlappingFileLockException sameProcess) {
            return null;
        }
    }
}
