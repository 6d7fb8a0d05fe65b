package dev.taskorder.starter.startup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.SimpleCommandLinePropertySource;
import org.springframework.core.env.StandardEnvironment;

class RequiredSettingsTest {
    private static final String API = "server.address";
    private static final String MANAGEMENT = "management.server.address";

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "127.1.2.3", "::1", "localhost"})
    void loopback_is_accepted(String address) {
        assertThatCode(() -> LoopbackOnly.require(given(API, address, MANAGEMENT, address)))
                .doesNotThrowAnyException();
    }

    @ParameterizedTest
    @ValueSource(strings = {"0.0.0.0", "::", "10.0.0.1", "no.such.host.invalid"})
    void anything_else_is_refused(String address) {
        assertRefused(given(API, address), "server.address: " + address);
        assertRefused(ownManagementPort(MANAGEMENT, address), "management.server.address: " + address);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " "})
    void a_blank_address_is_refused_for_the_server_takes_it_for_all_addresses(String blank) {
        assertRefused(given(API, blank), "server.address: blank, which means all addresses, is not a loopback address");
        assertRefused(ownManagementPort(MANAGEMENT, blank), "management.server.address: blank");
    }

    @Test
    void without_a_word_about_it_every_port_is_on_loopback() {
        ConfigurableEnvironment environment = ownManagementPort();
        LoopbackOnly.require(environment);
        assertThat(environment.getProperty(API)).isEqualTo("127.0.0.1");
        assertThat(environment.getProperty(MANAGEMENT)).isEqualTo("127.0.0.1");
    }

    /** The framework refuses an address of its own for a management port that is the API's. */
    @ParameterizedTest
    @CsvSource({"8080", "-1", "''"})
    void a_management_port_that_is_not_its_own_gets_no_address(String port) {
        ConfigurableEnvironment environment = given("server.port", "8080", "management.server.port", port);
        LoopbackOnly.require(environment);
        assertThat(environment.getProperty(MANAGEMENT)).isNull();
    }

    @ParameterizedTest
    @CsvSource({
        "taskorder.temporal.executor-slots, -1,   a whole number of at least 1",
        "taskorder.temporal.executor-slots, many, a whole number of at least 1",
        "taskorder.waiting-callers-max,     -1,   a whole number of at least 0",
        "taskorder.metrics.tenants,         1001, a whole number from 0 to 1000",
        "management.server.port,            65536, a whole number from -1 to 65535",
        "taskorder.local.temporal-port,     7233x, a whole number from 0 to 65535",
        "taskorder.invariants-every,        0s,   a time of 1s or more",
        "taskorder.books-every,             0s,   a time of 1s or more",
        "taskorder.shutdown-grace,          -1s,  a time of 0s or more",
        "taskorder.cors-allowed-origins,    *,    origins such as https://console.example",
        "taskorder.cors-allowed-origins,    https://a.example/path, origins such as https://console.example",
        "taskorder.trusted-proxies,         10.0.0.0/8, IP addresses",
        "taskorder.trusted-proxies,         proxy.example, IP addresses"
    })
    void a_value_that_cannot_be_meant_is_refused_with_what_is_allowed(String setting, String value, String allowed) {
        assertThatThrownBy(() -> SettingValues.require(given(setting, value)))
                .isInstanceOf(StartRefusedException.class)
                .hasMessageStartingWith(setting + ": '" + value + "' is not " + allowed);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "''             | taskorder.security.accept is not set",
                "passwords      | taskorder.security.accept: 'passwords' is none of api-keys, tokens, tenant-header",
                "api-keys,      | spring.datasource.url is not set",
                "tokens         | taskorder.security.accept accepts tokens, and no issuer of tokens is named"
            })
    void without_a_word_about_who_may_call_nothing_starts(String accept, String words) {
        ConfigurableEnvironment environment = given("taskorder.security.accept", accept);
        assertThatThrownBy(() -> RequiredSettings.require(environment))
                .isInstanceOf(StartRefusedException.class)
                .hasMessageContaining(words);
    }

    @ParameterizedTest
    @CsvSource({
        "issuer-uri,  issuer-uri,   audiences,  any-audience",
        "jwk-set-uri, audiences,    issuer-uri, any-issuer",
        "jwk-set-uri, audiences[0], issuer-uri, any-issuer"
    })
    void whose_tokens_and_for_whom_has_to_be_said_or_that_it_does_not_matter(
            String one, String other, String missing, String instead) {
        String jwt = "spring.security.oauth2.resourceserver.jwt.";
        String word = "taskorder.security." + instead;
        ConfigurableEnvironment environment =
                given("taskorder.security.accept", "tokens", jwt + one, "http://x", jwt + other, "http://x");
        for (String none : List.of("", "false", "yes")) {
            environment.getPropertySources().addFirst(new MapPropertySource("said", Map.of(word, none)));
            assertThatThrownBy(() -> RequiredSettings.require(environment))
                    .isInstanceOf(StartRefusedException.class)
                    .hasMessageStartingWith(jwt + missing + " is not set")
                    .extracting(refused -> ((StartRefusedException) refused).action())
                    .asString()
                    .contains("--" + word + "=true");
        }
        environment.getPropertySources().addFirst(new MapPropertySource("said", Map.of(word, "true")));
        assertThatThrownBy(() -> RequiredSettings.require(environment))
                .hasMessageContaining("spring.datasource.url is not set");
    }

    @ParameterizedTest
    @ValueSource(strings = {"secret", "to_tenant_a.AAAAAAAAAAAA.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA.00000000"})
    void a_bootstrap_key_with_a_slip_in_it_ends_the_start_without_being_shown(String key) {
        ConfigurableEnvironment environment =
                given("taskorder.security.accept", "api-keys", "taskorder.bootstrap-key", key);
        assertThatThrownBy(() -> RequiredSettings.require(environment))
                .isInstanceOf(StartRefusedException.class)
                .hasMessageStartingWith("taskorder.bootstrap-key is not a key of the installation")
                .hasMessageNotContaining(key);
    }

    @Test
    void a_bare_header_is_believed_on_loopback_alone_and_keys_anywhere() {
        String everywhere = "0.0.0.0";
        assertThatThrownBy(() -> RequiredSettings.require(
                        given("taskorder.security.accept", "api-keys,tenant-header", API, everywhere)))
                .isInstanceOf(StartRefusedException.class)
                .hasMessageContaining("whoever reaches the port could act as any tenant");
        assertThatThrownBy(
                        () -> RequiredSettings.require(given("taskorder.security.accept", "api-keys", API, everywhere)))
                .hasMessageContaining("spring.datasource.url is not set");
    }

    @ParameterizedTest
    @ValueSource(strings = {"AAECAw==", "not base64 at all", "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHg=="})
    void a_key_for_the_secrets_of_webhooks_that_is_none_is_refused_and_not_shown(String key) {
        assertThatThrownBy(() -> SettingValues.require(given("taskorder.webhooks.secret-key", key)))
                .isInstanceOf(StartRefusedException.class)
                .hasMessageStartingWith("taskorder.webhooks.secret-key is not 32 bytes in base64")
                .hasMessageNotContaining(key);
    }

    @Test
    void a_name_that_a_person_wrote_must_be_one_that_is_read_however_it_is_written() {
        assertThatThrownBy(() -> SettingValues.require(typed("--taskorder.local.data-dri=x")))
                .isInstanceOf(StartRefusedException.class)
                .hasMessage("taskorder.local.data-dri is not a setting.");
        assertThatCode(() -> SettingValues.require(typed("--taskorder.local.dataDir=x", "--taskorder.demo.keep=true")))
                .doesNotThrowAnyException();
    }

    @Test
    void the_oldest_postgresql_is_16() {
        assertThatCode(() -> DatabaseVersion.requireAtLeast(16, "16.4")).doesNotThrowAnyException();
        assertThatThrownBy(() -> DatabaseVersion.requireAtLeast(15, "15.8"))
                .isInstanceOf(StartRefusedException.class)
                .hasMessageContaining("15.8")
                .hasMessageContaining("16");
    }

    private static void assertRefused(ConfigurableEnvironment environment, String words) {
        assertThatThrownBy(() -> LoopbackOnly.require(environment))
                .isInstanceOf(StartRefusedException.class)
                .hasMessageContaining(words);
    }

    private static ConfigurableEnvironment ownManagementPort(String... settings) {
        ConfigurableEnvironment environment = given(settings);
        environment
                .getPropertySources()
                .addFirst(new MapPropertySource("management", Map.of("management.server.port", "8081")));
        return environment;
    }

    private static ConfigurableEnvironment typed(String... arguments) {
        ConfigurableEnvironment environment = new StandardEnvironment();
        environment.getPropertySources().addFirst(new SimpleCommandLinePropertySource(arguments));
        return environment;
    }

    private static ConfigurableEnvironment given(String... settings) {
        Map<String, Object> values = new HashMap<>();
        for (int i = 0; i < settings.length; i += 2) {
            values.put(settings[i], settings[i + 1]);
        }
        ConfigurableEnvironment environment = new StandardEnvironment();
        environment.getPropertySources().addFirst(new MapPropertySource("given", values));
        return environment;
    }
}
