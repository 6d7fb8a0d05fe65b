package dev.taskorder.starter.temporal;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Which Temporal.
 *
 * @param target host and port
 * @param uiUrl where a person can look at it, if it has a Web UI
 * @param inJvm whether it is the SDK's test server, which lacks the time-out of sticky queues
 * @param executorSlots how many attempts this process runs at once
 */
@ConfigurationProperties("taskorder.temporal")
record TemporalSettings(
        @DefaultValue("127.0.0.1:7233") String target,
        @DefaultValue("default") String namespace,
        @Nullable String uiUrl,
        @DefaultValue("false") boolean inJvm,
        @DefaultValue("500") int executorSlots) {
    private static final Pattern HOST = Pattern.compile("(?:dns:///)?\\[?([^]/]+?)]?(?::\\d+)?");

    /** Whether the target is this machine, where bytes are cheap and compression is not. */
    boolean isLoopback() {
        Matcher host = HOST.matcher(target);
        try {
            return host.matches() && InetAddress.getByName(host.group(1)).isLoopbackAddress();
        } catch (UnknownHostException e) {
            return false;
        }
    }
}
