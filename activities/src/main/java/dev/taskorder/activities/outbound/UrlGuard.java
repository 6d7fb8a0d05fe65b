package dev.taskorder.activities.outbound;

import java.net.InetAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Judges a URL that a tenant gave before anything connects to it: https to public addresses only. In local mode plain
 * http and loopback pass too. The name is resolved once and all its addresses must pass, so a name cannot change its
 * mind between the check and the connection: connect to {@link Verdict.Allowed#addresses} and resolve no more.
 */
public final class UrlGuard {
    private static final int URL_CHARS_MAX = 2048;

    private final boolean localMode;
    private final Resolver resolver;

    public UrlGuard(boolean localMode) {
        this(localMode, InetAddress::getAllByName);
    }

    UrlGuard(boolean localMode, Resolver resolver) {
        this.localMode = localMode;
        this.resolver = resolver;
    }

    /** Judges the URL; asks the name service, so it may take its time. */
    public Verdict check(String url) {
        if (url.length() > URL_CHARS_MAX) {
            return new Verdict.Refused("url must have at most " + URL_CHARS_MAX + " characters, has " + url.length());
        }
        try {
            URI uri = new URI(url);
            String refusal = refusalOf(uri);
            return refusal == null ? resolved(uri, hostOf(uri)) : new Verdict.Refused(refusal);
        } catch (URISyntaxException e) {
            return new Verdict.Refused("url is malformed: " + e.getReason());
        }
    }

    private @Nullable String refusalOf(URI uri) {
        String scheme = uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
        if (!scheme.equals("https") && !(localMode && scheme.equals("http"))) {
            return "url must begin with https://" + (localMode ? " or http://" : "");
        }
        if (uri.getRawUserInfo() != null) {
            return "url must not carry user info";
        }
        if (uri.getHost() == null || uri.getHost().indexOf('%') >= 0) {
            return "url has no host name that could be looked up";
        }
        return uri.getPort() == 0 || uri.getPort() > 65535 ? "url has a port out of 1..65535" : null;
    }

    private Verdict resolved(URI uri, String host) {
        List<InetAddress> addresses;
        try {
            addresses = List.of(resolver.resolve(host));
        } catch (UnknownHostException e) {
            return new Verdict.Refused("host '" + host + "' is not known");
        }
        // The address is not named: whoever may only ask us should not learn how our network's names resolve.
        return !addresses.isEmpty() && addresses.stream().allMatch(this::mayConnect)
                ? new Verdict.Allowed(uri, host, addresses)
                : new Verdict.Refused("host '" + host + "' has an address that is not public");
    }

    private boolean mayConnect(InetAddress address) {
        return AddressRules.isPublic(address) || (localMode && address.isLoopbackAddress());
    }

    private static String hostOf(URI uri) {
        String host = uri.getHost();
        return host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
    }

    /** A name service. */
    interface Resolver {
        InetAddress[] resolve(String host) throws UnknownHostException;
    }

    /** Whether a URL may be requested. */
    public sealed interface Verdict {
        /** It may, at these addresses, which are at least one and all checked. */
        record Allowed(URI uri, String host, List<InetAddress> addresses) implements Verdict {
            public Allowed {
                addresses = List.copyOf(addresses);
            }
        }

        /** It may not; the reason is fit to be shown to whoever gave the URL. */
        record Refused(String reason) implements Verdict {}
    }
}
