package dev.taskorder.activities.outbound;

import static org.assertj.core.api.Assertions.assertThat;

import dev.taskorder.activities.outbound.UrlGuard.Verdict;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class UrlGuardTest {
    private static final String PUBLIC = "93.184.216.34";

    @ParameterizedTest
    @ValueSource(
            strings = {
                "0.0.0.0",
                "0.1.2.3",
                "10.0.0.1",
                "100.64.0.1",
                "100.127.255.255",
                "127.0.0.1",
                "127.255.255.254",
                "169.254.169.254",
                "172.16.0.1",
                "172.31.255.255",
                "192.0.0.1",
                "192.0.2.1",
                "192.88.99.1",
                "192.168.1.1",
                "198.18.0.1",
                "198.19.255.255",
                "198.51.100.1",
                "203.0.113.1",
                "224.0.0.1",
                "239.255.255.255",
                "240.0.0.1",
                "255.255.255.255",
                "::",
                "::1",
                "::ffff:10.0.0.1",
                "::ffff:127.0.0.1",
                "::7f00:1",
                "64:ff9b::a00:1",
                "64:ff9b:1::1",
                "100::1",
                "2001::1",
                "2001:db8::1",
                "2002:a00:1::1",
                "3fff::1",
                "fc00::1",
                "fd12::1",
                "fe80::1",
                "fec0::1",
                "ff02::1"
            })
    void an_address_that_is_not_public_is_refused(String address) {
        assertThat(guardThatResolvesTo(address).check("https://example.test/")).isInstanceOf(Verdict.Refused.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                PUBLIC,
                "1.1.1.1",
                "100.63.255.255",
                "100.128.0.1",
                "169.253.1.1",
                "172.15.0.1",
                "172.32.0.1",
                "192.0.1.1",
                "192.167.1.1",
                "198.17.0.1",
                "198.20.0.1",
                "223.255.255.255",
                "2606:4700::1111",
                "2001:200::1",
                "2a00::1",
                "::ffff:1.1.1.1"
            })
    void a_public_address_is_allowed(String address) {
        assertThat(guardThatResolvesTo(address).check("https://example.test/")).isInstanceOf(Verdict.Allowed.class);
    }

    @Test
    void one_bad_address_among_good_ones_is_refused() {
        assertThat(guardThatResolvesTo(PUBLIC, "10.0.0.1").check("https://example.test/"))
                .isInstanceOf(Verdict.Refused.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://example.test/",
                "ftp://example.test/",
                "file:///etc/passwd",
                "example.test",
                "//example.test/",
                "https://user@example.test/",
                "https://user:secret@example.test/",
                "https:///path",
                "https://",
                "https://exa mple.test/",
                "https://example.test:0/",
                "https://example.test:65536/",
                "https://[fe80::1%25eth0]/",
                "jar:https://example.test/!/",
                "https:example.test",
                ""
            })
    void a_url_of_another_shape_is_refused(String url) {
        assertThat(guardThatResolvesTo(PUBLIC).check(url)).isInstanceOf(Verdict.Refused.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://127.0.0.1/",
                "https://[::1]/",
                "https://2130706433/",
                "https://0x7f000001/",
                "https://127.1/",
                "https://[::ffff:169.254.169.254]/",
                "https://localhost/",
                "https://localhost./"
            })
    void a_loopback_or_private_address_is_refused_however_it_is_written(String url) {
        assertThat(new UrlGuard(false).check(url)).isInstanceOf(Verdict.Refused.class);
    }

    @Test
    void local_mode_adds_plain_http_and_loopback_and_nothing_else() {
        UrlGuard local = new UrlGuard(true);
        assertThat(local.check("http://127.0.0.1:8080/x")).isInstanceOf(Verdict.Allowed.class);
        assertThat(local.check("http://[::1]:8080/x")).isInstanceOf(Verdict.Allowed.class);
        assertThat(local.check("http://10.0.0.1/")).isInstanceOf(Verdict.Refused.class);
        assertThat(local.check("http://169.254.169.254/")).isInstanceOf(Verdict.Refused.class);
        assertThat(local.check("http://user@127.0.0.1/")).isInstanceOf(Verdict.Refused.class);
    }

    @Test
    void a_name_is_resolved_once_and_the_refusal_does_not_tell_its_address() {
        AtomicInteger asked = new AtomicInteger();
        UrlGuard guard = new UrlGuard(false, host -> {
            asked.incrementAndGet();
            return new InetAddress[] {InetAddress.getByName("10.1.2.3")};
        });
        assertThat(guard.check("https://inside.test/"))
                .isEqualTo(new Verdict.Refused("host 'inside.test' has an address that is not public"));
        assertThat(asked).hasValue(1);
    }

    @Test
    void an_unknown_host_is_refused() {
        UrlGuard guard = new UrlGuard(false, host -> {
            throw new UnknownHostException(host);
        });
        assertThat(guard.check("https://nowhere.test/"))
                .isEqualTo(new Verdict.Refused("host 'nowhere.test' is not known"));
    }

    @Test
    void a_url_past_its_limit_is_refused() {
        String base = "https://example.test/";
        for (int chars : new int[] {2047, 2048}) {
            assertThat(guardThatResolvesTo(PUBLIC).check(base + "a".repeat(chars - base.length())))
                    .isInstanceOf(Verdict.Allowed.class);
        }
        assertThat(guardThatResolvesTo(PUBLIC).check(base + "a".repeat(2049 - base.length())))
                .isEqualTo(new Verdict.Refused("url must have at most 2048 characters, has 2049"));
    }

    private static UrlGuard guardThatResolvesTo(String... addresses) {
        return new UrlGuard(false, host -> {
            InetAddress[] all = new InetAddress[addresses.length];
            for (int i = 0; i < addresses.length; i++) {
                all[i] = InetAddress.getByName(addresses[i]);
            }
            return all;
        });
    }
}
