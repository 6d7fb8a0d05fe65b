package dev.taskorder.starter.security;

import dev.taskorder.api.principal.ApiKeys;
import dev.taskorder.api.principal.KeyText;
import dev.taskorder.api.tenant.TenantId;
import dev.taskorder.starter.tenant.BackgroundRunner;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.SmartInitializingSingleton;

/**
 * Lets the first operator in. The key that a setting gives is taken as it is; without one, and while there is no key of the
 * system's at all, one is made and written to a file that only its owner reads. Of several processes one makes it.
 */
final class FirstOperator implements SmartInitializingSingleton {
    private static final Logger log = LoggerFactory.getLogger(FirstOperator.class);

    private final ApiKeys keys;
    private final BackgroundRunner runner;
    private final String given;
    private final Path file;

    /**
     * For an installation.
     *
     * @param given the key; blank for none
     * @param file where one that is made is written
     */
    FirstOperator(ApiKeys keys, BackgroundRunner runner, String given, Path file) {
        this.keys = keys;
        this.runner = runner;
        this.given = given;
        this.file = file;
    }

    @Override
    public void afterSingletonsInstantiated() {
        if (given.isBlank()) {
            make();
        } else {
            take(KeyText.parse(given.strip())
                    .filter(key -> key.tenant().equals(TenantId.SYSTEM))
                    .orElseThrow(() -> new IllegalArgumentException(
                            "taskorder.bootstrap-key: must be a key of the installation, to__system.<id>.<random>.<checksum>"
                                    + " (docs/operations.md says how to make one); its value is not shown")));
        }
    }

    private void take(KeyText key) {
        if (runner.call(TenantId.SYSTEM, () -> keys.adopt(key, false))) {
            log.info("took the bootstrap key of an operator key={}", key);
        }
    }

    /** The file comes first: a key that nobody can read would lock everybody out. */
    private void make() {
        if (!runner.call(TenantId.SYSTEM, keys::list).isEmpty()) {
            return;
        }
        KeyText key = KeyText.make(TenantId.SYSTEM, new SecureRandom());
        Path written = file.resolveSibling(file.getFileName() + "." + key.keyId());
        try {
            write(written, key.text());
            if (runner.call(TenantId.SYSTEM, () -> keys.adopt(key, true))) {
                log.info(
                        "made the first operator's key: read it from {} and delete that file",
                        written.toAbsolutePath());
            } else {
                Files.delete(written); // another process was first
            }
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "the first operator's key cannot be written to " + written.toAbsolutePath(), e);
        }
    }

    private static void write(Path file, String text) throws IOException {
        Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(file, text + "\n", StandardOpenOption.WRITE);
    }
}
