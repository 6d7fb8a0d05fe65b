package dev.taskorder.activities.outbound;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import org.apache.hc.client5.http.DnsResolver;
import org.apache.hc.client5.http.classic.methods.HttpUriRequestBase;
import org.apache.hc.client5.http.config.ConnectionConfig;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClients;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;
import org.apache.hc.client5.http.io.HttpClientConnectionManager;
import org.apache.hc.client5.http.protocol.HttpClientContext;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.io.entity.ByteArrayEntity;
import org.apache.hc.core5.util.Timeout;
import org.jspecify.annotations.Nullable;

/**
 * One HTTP exchange with an address that {@link UrlGuard} has checked: it connects to that address and no other, while
 * TLS verifies the host's name. No redirects, no proxy, no cookies, no retries, no decompression.
 */
public final class OutboundHttp {
    /** As much of a body as is read; the rest is left where it is. */
    public static final int BODY_BYTES_MAX = 1024 * 1024;

    private static final Patience USUAL = new Patience(Duration.ofSeconds(10), Duration.ofSeconds(30), BODY_BYTES_MAX);

    private final HttpUriRequestBase request;
    private final UrlGuard.Verdict.Allowed target;
    private final Patience patience;

    /**
     * How much of an exchange is waited for.
     *
     * @param silence between two parts of the answer
     * @param bodyBytesMax as much of a body as is read; the rest is left where it is
     */
    public record Patience(Duration connect, Duration silence, int bodyBytesMax) {}

    /** An exchange not begun yet; the object serves one. */
    public OutboundHttp(String method, UrlGuard.Verdict.Allowed target) {
        this(method, target, USUAL);
    }

    /** One with a patience of its own. */
    public OutboundHttp(String method, UrlGuard.Verdict.Allowed target, Patience patience) {
        this.request = new HttpUriRequestBase(method, target.uri());
        this.target = target;
        this.patience = patience;
        request.setConfig(RequestConfig.custom()
                .setResponseTimeout(Timeout.of(patience.silence()))
                .setConnectionRequestTimeout(Timeout.of(patience.connect()))
                .build());
    }

    /** Sends this header, too. */
    public OutboundHttp header(String name, String value) {
        request.setHeader(name, value);
        return this;
    }

    /** Sends this JSON. */
    public OutboundHttp json(byte[] body) {
        request.setEntity(new ByteArrayEntity(body, ContentType.APPLICATION_JSON));
        return this;
    }

    /**
     * Sends the request and reads the answer, blocking; a thread that waits here does not notice an interrupt, so
     * whoever is interrupted calls {@link #abort} from another thread.
     *
     * @throws IOException if there was no connection, no trust or no whole answer, or it was aborted
     */
    public Answer exchange() throws IOException {
        long begun = System.nanoTime();
        HttpClientContext context = HttpClientContext.create();
        try (CloseableHttpClient client = client()) {
            return client.execute(request, context, response -> {
                byte[] body = bodyOf(response.getEntity());
                long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begun);
                Answer answer = new Answer(
                        response.getCode(), millis, body, charsetOf(response), expiryOf(context.getSSLSession()));
                // The rest of an endless body would be read to its end when the response is closed in peace.
                request.abort();
                return answer;
            });
        }
    }

    /** Ends the exchange: {@link #exchange} fails soon. Harmless before, after and twice. */
    public void abort() {
        request.abort();
    }

    private CloseableHttpClient client() {
        HttpClientConnectionManager connections = PoolingHttpClientConnectionManagerBuilder.create()
                .setDnsResolver(new Checked(target))
                .setDefaultConnectionConfig(ConnectionConfig.custom()
                        .setConnectTimeout(Timeout.of(patience.connect()))
                        .setSocketTimeout(Timeout.of(patience.silence()))
                        .build())
                .build();
        return HttpClients.custom()
                .setConnectionManager(connections)
                .setUserAgent("taskorder")
                .disableRedirectHandling()
                .disableAutomaticRetries()
                .disableCookieManagement()
                .disableAuthCaching()
                .disableContentCompression()
                .build();
    }

    private byte[] bodyOf(@Nullable HttpEntity entity) throws IOException {
        if (entity == null) {
            return new byte[0];
        }
        InputStream content = entity.getContent();
        return content == null ? new byte[0] : content.readNBytes(patience.bodyBytesMax());
    }

    private static Charset charsetOf(ClassicHttpResponse response) {
        HttpEntity entity = response.getEntity();
        ContentType type = entity == null ? null : ContentType.parseLenient(entity.getContentType());
        Charset charset = type == null ? null : type.getCharset();
        return charset == null ? StandardCharsets.UTF_8 : charset;
    }

    private static @Nullable Instant expiryOf(@Nullable SSLSession session) throws SSLPeerUnverifiedException {
        return session != null && session.getPeerCertificates()[0] instanceof X509Certificate leaf
                ? leaf.getNotAfter().toInstant()
                : null;
    }

    /**
     * What came back.
     *
     * @param latencyMs from before the connection until the body was read
     * @param body as much of it as is read
     * @param tlsExpiresAt when the server's certificate expires; null without TLS
     */
    @SuppressWarnings("ArrayRecordComponent") // made once and read once; nobody compares answers
    public record Answer(
            int status,
            long latencyMs,
            byte[] body,
            Charset charset,
            @Nullable Instant tlsExpiresAt) {}

    /** Knows one name, and for it only the addresses that were checked. */
    private record Checked(UrlGuard.Verdict.Allowed target) implements DnsResolver {
        @Override
        public InetAddress[] resolve(String host) throws UnknownHostException {
            if (!host.equalsIgnoreCase(target.host())) {
                throw new UnknownHostException(host);
            }
            return target.addresses().toArray(InetAddress[]::new);
        }

        @Override
        public String resolveCanonicalHostname(String host) {
            return host;
        }
    }
}
