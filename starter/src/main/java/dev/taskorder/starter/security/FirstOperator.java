package dev.taskorder.starter.security;

import dev.taskorder.api.page.PageRequest;
import dev.taskorder.api.principal.ApiKey;
import dev.taskorder.api.principal.ApiKeys;
import dev.taskorder.api.principal.KeyText;
import dev.taskorder.api.tenant.TenantId;
import dev.taskorder.starter.startup.StartRefusedException;
import dev.taskorder.starter.tenant.BackgroundRunner;
import dev.taskorder.starter.web.SecuritySettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.Optional;
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
    private final Optional<KeyText> given;
    private final Path file;

    /**
     * For an installation.
     *
     * @param given a key of the system's
     * @param file what the name of the file begins with that one is written to if it is made
     */
    FirstOperator(ApiKeys keys, BackgroundRunner runner, Optional<KeyText> given, Path file) {
        this.keys = keys;
        this.runner = runner;
        this.given = given;
        this.file = file;
    }

    @Override
    public void afterSingletonsInstantiated() {
        given.ifPresentOrElse(this::take, this::make);
    }

    /** Another process may take another key at the same moment and get the place that was free: then the next one is tried. */
    private void take(KeyText key) {
        for (int place = 1; place <= ApiKeys.LIVE_PER_NAME; place++) {
            if (runner.call(TenantId.SYSTEM, () -> keys.adopt(key, false))) {
                log.info("took the bootstrap key of an operator key={}", key);
                return;
            }
            Optional<ApiKey> there = runner.call(TenantId.SYSTEM, () -> keys.show(key.keyId()));
            if (there.isPresent()) {
                if (there.get().revokedAt() != null) {
                    log.warn("the bootstrap key was revoked, and is not taken again key={}", key);
                }
                return;
            }
        }
        log.warn("the bootstrap key is not taken: two others are live, and one has to be revoked first key={}", key);
    }

    private boolean isAnyKnown() {
        return !runner.call(TenantId.SYSTEM, () -> keys.list(new PageRequest(1, null)))
                .items()
                .isEmpty();
    }

    /** The file comes first: a key that nobody can read would lock everybody out. */
    private void make() {
        if (isAnyKnown()) {
            return;
        }
        KeyText key = KeyText.make(TenantId.SYSTEM, new SecureRandom());
        Path written =
                file.resolveSibling(file.getFileName() + "." + key.keyId()).toAbsolutePath();
        try {
            write(written, key.text());
            if (runner.call(TenantId.SYSTEM, () -> keys.adopt(key, true))) {
                log.info("made the first operator's key: read it from {} and delete that file", written);
            } else {
                Files.delete(written); // another process was first
            }
        } catch (IOException unwritable) {
            throw new StartRefusedException(
                    SecuritySettings.BOOTSTRAP_KEY_FILE + ": the first operator's key cannot be written to " + written
                            + " (" + unwritable.getClass().getSimpleName() + ").",
                    "Name a file in a folder that is there and may be written to, or make a key yourself and give it as "
                            + "TASKORDER_BOOTSTRAP_KEY.",
                    unwritable);
        }
    }

    private static void write(Path file, String text) throws IOException {
        Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        try {
            Files.writeString(file, text + "\n", StandardOpenOption.WRITE);
        } catch (IOException full) {
            Files.deleteIfExists(file);
            throw full;
        }
    }
}
