package dev.taskorder.starter.local;

import static org.assertj.core.api.Assertions.assertThat;

import dev.taskorder.starter.testing.Http;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.springframework.core.io.ClassPathResource;
import tools.jackson.databind.JsonNode;

/** The jar says what it is made of. */
class SbomTest {
    @Test
    void it_names_what_runs_and_not_what_only_tests() throws IOException {
        JsonNode sbom;
        try (InputStream file = new ClassPathResource("META-INF/sbom/application.cdx.json").getInputStream()) {
            sbom = Http.json(new String(file.readAllBytes(), StandardCharsets.UTF_8));
        }
        List<String> names = new ArrayList<>();
        sbom.path("components").forEach(part -> names.add(part.path("name").asString()));

        assertThat(sbom.path("bomFormat").asString()).isEqualTo("CycloneDX");
        assertThat(sbom.at("/metadata/component/name").asString()).isEqualTo("taskorder-starter");
        assertThat(names)
                .contains("temporal-sdk", "postgresql", "spring-webmvc", "tomcat-embed-core", "flyway-core")
                .doesNotContain("assertj-core", "archunit", "junit-jupiter");
        assertThat(sbom.at("/metadata/timestamp").isMissingNode())
                .as("the same sources make the same jar")
                .isTrue();
    }
}
