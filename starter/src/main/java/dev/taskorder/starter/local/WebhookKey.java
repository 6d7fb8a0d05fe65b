package dev.taskorder.starter.local;

import dev.taskorder.starter.startup.StartRefusedException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Base64;

/** The key that secrets of webhooks are sealed with, made once for a data folder and kept in a file that only its owner can read. */
final class WebhookKey {
    private static final int BYTES = 32;

    private WebhookKey() {}

    static String keptIn(Path file) {
        try {
            if (!Files.exists(file)) {
                byte[] key = new byte[BYTES];
                new SecureRandom().nextBytes(key);
                Credentials.write(file, Base64.getEncoder().encodeToString(key));
            }
            return Files.readString(file);
        } catch (IOException unusable) {
            throw new StartRefusedException(
                    "taskorder.local.data-dir: " + file + " cannot be used: " + unusable,
                    "Give a folder of your own with --taskorder.local.data-dir=FOLDER.",
                    unusable);
        }
    }
}
