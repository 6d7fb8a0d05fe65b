package dev.taskorder.starter.local;

import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Properties;

/** Random passwords of the database's roles, kept in a file that only its owner can read. */
record Credentials(String superuser, String owner, String app) {
    private static final int PASSWORD_BYTES = 24;

    static Credentials keptIn(Path file) throws IOException {
        if (!Files.exists(file)) {
            write(file, "superuser=%s%nowner=%s%napp=%s%n".formatted(random(), random(), random()));
        }
        Properties kept = new Properties();
        try (Reader reader = Files.newBufferedReader(file)) {
            kept.load(reader);
        }
        return new Credentials(
                password(kept, "superuser", file), password(kept, "owner", file), password(kept, "app", file));
    }

    private static String password(Properties kept, String role, Path file) throws IOException {
        String password = kept.getProperty(role);
        if (password == null) {
            throw new IOException(file + " has no password for " + role);
        }
        return password;
    }

    /** Whole or not at all: who is killed half-way leaves nothing that the next start would take for the secrets. */
    static void write(Path file, String text) throws IOException {
        Path draft = file.resolveSibling(file.getFileName() + ".new");
        Files.deleteIfExists(draft);
        Files.createFile(draft, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(draft, text);
        Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE);
    }

    private static String random() {
        byte[] bytes = new byte[PASSWORD_BYTES];
        new SecureRandom().nextBytes(bytes);
        return HexFormat.of().formatHex(bytes);
    }
}
