package dev.taskorder.starter.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CredentialsTest {
    @TempDir
    Path folder;

    @Test
    void the_passwords_are_made_once_and_only_their_owner_can_read_them() throws IOException {
        Path file = folder.resolve("credentials");
        Credentials made = Credentials.keptIn(file);

        assertThat(Credentials.keptIn(file)).isEqualTo(made);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
    }

    @Test
    void so_is_the_key_for_the_secrets_of_webhooks() throws IOException {
        Path file = folder.resolve("webhook-key");
        String made = WebhookKey.keptIn(file);

        assertThat(Base64.getDecoder().decode(made)).hasSize(32);
        assertThat(WebhookKey.keptIn(file)).isEqualTo(made);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
    }

    @Test
    void what_a_killed_start_left_half_written_is_not_taken_for_the_passwords() throws IOException {
        Path file = folder.resolve("credentials");
        Files.writeString(folder.resolve("credentials.new"), "superuser=");

        assertThat(Credentials.keptIn(file).app()).hasSize(48);
        assertThat(folder.toFile().list()).containsExactly("credentials");
    }
}
