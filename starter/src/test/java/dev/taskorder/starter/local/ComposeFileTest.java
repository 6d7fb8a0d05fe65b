package dev.taskorder.starter.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.yaml.snakeyaml.Yaml;

/** What can be known of docker-compose.yml without a container engine. */
@SuppressWarnings("unchecked") // plain YAML
class ComposeFileTest {
    private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
    private static final String COMPOSE_CHECK = System.getProperty("taskorder.compose.program", "");
    private final Map<String, Map<String, Object>> services = services();

    /** By a program, for it brings the specification's own schema along. */
    @Test
    void it_is_what_the_compose_specification_allows_and_a_misspelt_key_is_not(@TempDir Path folder) throws Exception {
        assertThat(COMPOSE_CHECK.isEmpty() && "true".equals(System.getenv("CI")))
                .as("CI has to give taskorder.compose.program")
                .isFalse();
        assumeTrue(!COMPOSE_CHECK.isEmpty(), "check-jsonschema is not there: run ./taskorder test");
        Path file = ROOT.resolve("docker-compose.yml");
        Path misspelt = Files.writeString(
                folder.resolve("docker-compose.yml"), Files.readString(file).replaceFirst("image:", "imag:"));

        assertThat(checked(file)).isEqualTo("ok -- validation done\nexit code 0");
        assertThat(checked(misspelt)).contains("'imag' was unexpected", "exit code 1");
    }

    @Test
    void every_image_has_a_pinned_version() {
        assertThat(services.values())
                .filteredOn(service -> !service.containsKey("build"))
                .extracting(service -> String.valueOf(service.get("image")))
                .hasSize(5)
                .allMatch(image -> image.matches("[a-z/-]+:[0-9]+\\.[0-9.]+"));
    }

    @Test
    void the_application_is_built_on_pinned_images_and_runs_as_nobody_of_importance() throws IOException {
        List<String> lines = Files.readAllLines(ROOT.resolve("Dockerfile"));
        assertThat(lines)
                .filteredOn(line -> line.startsWith("FROM "))
                .hasSize(2)
                .allMatch(line -> line.matches("FROM [a-z/-]+:[0-9]+\\.[0-9]+\\.[0-9][a-z0-9_-]*( AS build)?"));
        assertThat(lines.lastIndexOf("USER taskorder")).isPositive().isLessThan(lastIndexOf(lines, "ENTRYPOINT"));
        assertThat(Files.readAllLines(ROOT.resolve(".dockerignore"))).contains(".git", "**/target", ".env");
    }

    @Test
    void the_application_waits_for_what_it_needs_and_has_no_key_and_no_password_of_its_own() {
        Map<String, Object> application = services.get("taskorder");
        assertThat((Map<String, Map<String, String>>) application.get("depends_on"))
                .containsEntry("postgres", Map.of("condition", "service_healthy"))
                .containsEntry("temporal-namespace", Map.of("condition", "service_completed_successfully"));
        assertThat((Map<String, String>) application.get("environment"))
                .containsEntry("TASKORDER_SECURITY_ACCEPT", "api-keys")
                .containsEntry("TASKORDER_BOOTSTRAP_KEY", "${TASKORDER_BOOTSTRAP_KEY:-}")
                .allSatisfy((name, value) -> assertThat(name).doesNotContain("PASSWORD"));
    }

    private static int lastIndexOf(List<String> lines, String beginning) {
        int found = -1;
        for (int i = 0; i < lines.size(); i++) {
            found = lines.get(i).startsWith(beginning) ? i : found;
        }
        return found;
    }

    @Test
    void every_port_is_on_loopback() {
        assertThat(services.values())
                .flatExtracting(service -> (List<String>) service.getOrDefault("ports", List.of()))
                .hasSize(5)
                .allMatch(port -> port.startsWith("127.0.0.1:"));
    }

    @Test
    void every_mounted_file_is_there() {
        assertThat(services.values())
                .flatExtracting(service -> (List<String>) service.getOrDefault("volumes", List.of()))
                .filteredOn(volume -> volume.startsWith("./"))
                .hasSize(4)
                .allMatch(volume -> Files.isRegularFile(ROOT.resolve(volume.substring(0, volume.indexOf(':')))));
    }

    @Test
    void the_namespace_gets_the_search_attributes_of_local_mode() throws IOException {
        String job = Files.readString(ROOT.resolve("etc/compose/temporal-namespace.sh"));
        assertThat(DevServerTemporal.SEARCH_ATTRIBUTES)
                .allSatisfy(attribute -> assertThat(job).contains("--name " + attribute.replace("=", " --type ")));
    }

    @Test
    void the_compose_profile_uses_roles_that_the_database_is_made_with() throws IOException {
        String sql = Files.readString(ROOT.resolve("etc/compose/databases.sql"));
        Map<String, Object> profile = yaml(Path.of("src/main/resources/application-compose.yaml"));
        Map<String, Object> app = (Map<String, Object>) ((Map<String, Object>) profile.get("spring")).get("datasource");
        Map<String, Object> owner =
                (Map<String, Object>) ((Map<String, Object>) profile.get("taskorder")).get("database");
        assertThat(sql)
                .contains(
                        "CREATE ROLE %s LOGIN PASSWORD '%s'".formatted(app.get("username"), app.get("password")),
                        "CREATE ROLE %s LOGIN CREATEROLE PASSWORD '%s'"
                                .formatted(owner.get("owner-username"), owner.get("owner-password")));
    }

    private static String checked(Path file) throws Exception {
        Process check = new ProcessBuilder(COMPOSE_CHECK, "--builtin-schema", "vendor.compose-spec", file.toString())
                .redirectErrorStream(true)
                .start();
        String output = new String(check.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return output + "exit code " + check.waitFor();
    }

    private static Map<String, Map<String, Object>> services() {
        return (Map<String, Map<String, Object>>)
                yaml(ROOT.resolve("docker-compose.yml")).get("services");
    }

    private static Map<String, Object> yaml(Path file) {
        try (InputStream text = Files.newInputStream(file)) {
            return new Yaml().load(text);
        } catch (IOException unreadable) {
            throw new AssertionError(unreadable);
        }
    }
}
