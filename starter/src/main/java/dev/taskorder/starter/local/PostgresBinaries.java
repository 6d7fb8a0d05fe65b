package dev.taskorder.starter.local;

import dev.taskorder.starter.startup.StartRefusedException;
import io.zonky.test.db.postgres.embedded.DefaultPostgresBinaryResolver;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.springframework.util.FileSystemUtils;
import org.tukaani.xz.XZInputStream;

/** PostgreSQL's programs, unpacked once from the archive that Maven brought. */
final class PostgresBinaries {
    private static final int EXECUTABLE = 0b001_000_000;

    private PostgresBinaries() {}

    /** The folder with {@code bin/initdb} and {@code bin/postgres}. */
    static Path unpackedIn(Path tools) throws IOException {
        byte[] archive = archive();
        Path folder = tools.resolve("postgresql-" + digest(archive));
        if (!Files.isDirectory(folder)) {
            unpack(archive, tools, folder);
        }
        return folder;
    }

    private static byte[] archive() throws IOException {
        String system = System.getProperty("os.name").startsWith("Mac") ? "Darwin" : "Linux";
        String machine = System.getProperty("os.arch").equals("amd64") ? "x86_64" : System.getProperty("os.arch");
        try (InputStream archive = DefaultPostgresBinaryResolver.INSTANCE.getPgBinary(system, machine)) {
            return archive.readAllBytes();
        } catch (IllegalStateException missing) {
            throw new StartRefusedException(
                    "There is no embedded PostgreSQL for " + system + " on " + machine + ".",
                    "Give a database of your own with --spring.datasource.url, .username, .password and"
                            + " --taskorder.database.owner-username, .owner-password.",
                    missing);
        }
    }

    /** In a folder beside it and then renamed, so that a start killed half-way leaves no half a PostgreSQL. */
    private static void unpack(byte[] archive, Path tools, Path folder) throws IOException {
        Files.createDirectories(tools);
        Path unfinished = Files.createTempDirectory(tools, "unpacking-");
        extract(archive, unfinished);
        try {
            Files.move(unfinished, folder);
        } catch (FileSystemException inTheWay) {
            FileSystemUtils.deleteRecursively(unfinished);
            // another instance was first: a folder that appears at the last moment is "not empty", and not "there
            // already"
            if (!Files.isDirectory(folder)) {
                throw inTheWay;
            }
        }
    }

    private static void extract(byte[] archive, Path target) throws IOException {
        try (TarArchiveInputStream tar =
                new TarArchiveInputStream(new XZInputStream(new ByteArrayInputStream(archive)))) {
            for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
                extract(tar, entry, target.resolve(entry.getName()).normalize());
            }
        }
    }

    private static void extract(TarArchiveInputStream tar, TarArchiveEntry entry, Path file) throws IOException {
        if (entry.isDirectory()) {
            Files.createDirectories(file);
            return;
        }
        Files.createDirectories(file.getParent());
        if (entry.isSymbolicLink() || entry.isLink()) {
            Files.createSymbolicLink(file, Path.of(entry.getLinkName()));
            return;
        }
        Files.copy(tar, file);
        if ((entry.getMode() & EXECUTABLE) != 0) {
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
        }
    }

    private static String digest(byte[] archive) {
        try {
            byte[] sha256 = MessageDigest.getInstance("SHA-256").digest(archive);
            return HexFormat.of().formatHex(sha256, 0, 8);
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
