package dev.taskorder.starter.webhook;

import dev.taskorder.activities.outbound.OutboundHttp;
import dev.taskorder.activities.outbound.UrlGuard;
import dev.taskorder.activities.webhook.WebhookCall;
import dev.taskorder.activities.webhook.WebhookCall.How;
import dev.taskorder.activities.webhook.WebhookSecret;
import dev.taskorder.api.event.Event;
import dev.taskorder.starter.event.EventText;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * Makes one call, after Standard Webhooks: signed, to an address that is checked at this moment, without a redirect. It ends in time,
 * whatever the receiver does.
 */
final class WebhookClient {
    private static final int OK_FIRST = 200;
    private static final int OK_LAST = 299;
    private static final int GONE = 410;
    /** Nobody reads what a receiver says; a little of it is taken, so that most connections end in peace. */
    private static final int BODY_BYTES_MAX = 4096;

    private final UrlGuard urls;
    private final Clock clock;
    private final ScheduledExecutorService timer;
    private final Times times;

    /**
     * How long is waited.
     *
     * @param whole for all of a call: less than a call is claimed for
     */
    record Times(Duration connect, Duration response, Duration whole) {
        static final Times USUAL = new Times(Duration.ofSeconds(5), Duration.ofSeconds(15), Duration.ofSeconds(20));
    }

    WebhookClient(UrlGuard urls, Clock clock, ScheduledExecutorService timer, Times times) {
        this.urls = urls;
        this.clock = clock;
        this.timer = timer;
        this.times = times;
    }

    /** Blocks until the call is over. */
    WebhookCall.Result make(WebhookCall call) {
        Event event = call.event();
        WebhookSecret secret = call.secret();
        if (event == null) {
            return new WebhookCall.Result(call, How.IMPOSSIBLE, null, 0, "the event is kept no more");
        }
        if (secret == null) {
            return failed(call, null, 0, "its secret cannot be read");
        }
        long begun = System.nanoTime();
        if (!(urls.check(call.url()) instanceof UrlGuard.Verdict.Allowed allowed)) {
            return failed(call, null, since(begun), "its url may not be called, or its host is not known");
        }
        return exchanged(call, request(call, secret, EventText.of(event), allowed), begun);
    }

    private OutboundHttp request(WebhookCall call, WebhookSecret secret, byte[] body, UrlGuard.Verdict.Allowed to) {
        String id = call.deliveryId().toString();
        long timestamp = clock.instant().getEpochSecond();
        return new OutboundHttp(
                        "POST", to, new OutboundHttp.Patience(times.connect(), times.response(), BODY_BYTES_MAX))
                .header("webhook-id", id)
                .header("webhook-timestamp", Long.toString(timestamp))
                .header("webhook-signature", secret.signature(id, timestamp, body))
                .json(body);
    }

    /** A name service that takes its time has the call's. */
    private WebhookCall.Result exchanged(WebhookCall call, OutboundHttp http, long begun) {
        AtomicBoolean late = new AtomicBoolean();
        Future<?> end = timer.schedule(
                () -> {
                    late.set(true);
                    http.abort();
                },
                Math.max(0, times.whole().toMillis() - since(begun)),
                TimeUnit.MILLISECONDS);
        try {
            OutboundHttp.Answer answer = http.exchange();
            return answered(call, answer.status(), answer.latencyMs());
        } catch (IOException e) {
            String error =
                    late.get() ? "no whole answer within " + times.whole().toSeconds() + " s" : words(e);
            return failed(call, null, since(begun), error);
        } finally {
            end.cancel(false);
        }
    }

    private static long since(long begun) {
        return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begun);
    }

    private static WebhookCall.Result answered(WebhookCall call, int status, long millis) {
        if (status >= OK_FIRST && status <= OK_LAST) {
            return new WebhookCall.Result(call, How.DELIVERED, status, millis, null);
        }
        String error = "answered " + status;
        return status == GONE
                ? new WebhookCall.Result(call, How.GONE, status, millis, error)
                : failed(call, status, millis, error);
    }

    private static WebhookCall.Result failed(WebhookCall call, @Nullable Integer status, long millis, String error) {
        return new WebhookCall.Result(call, How.FAILED, status, millis, error);
    }

    /** Not the library's own, which name addresses. */
    private static String words(IOException e) {
        if (e instanceof SocketTimeoutException) {
            return e instanceof org.apache.hc.client5.http.ConnectTimeoutException
                    ? "no connection in time"
                    : "no answer in time";
        }
        if (e instanceof SSLException) {
            return "no trust: its certificate or TLS was refused";
        }
        return e instanceof java.net.ConnectException ? "no connection" : "the connection broke";
    }
}
