package dev.taskorder.starter.startup;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Ports of this machine's loopback address. */
public final class Ports {
    private Ports() {}

    /**
     * Looks at all ports before any is listened on, so that one start tells all that are taken.
     *
     * @param wanted by the names of their settings; what is 0 or less is always free
     * @throws StartRefusedException naming the settings of all that someone else listens on
     */
    public static void requireFree(Map<String, Integer> wanted) {
        Map<String, Integer> taken = new LinkedHashMap<>(wanted);
        taken.values().removeIf(port -> port <= 0 || isFree(port));
        if (!taken.isEmpty()) {
            throw taken(taken);
        }
    }

    private static boolean isFree(int port) {
        try {
            choose(port);
            return true;
        } catch (UncheckedIOException listenedOn) {
            return false;
        }
    }

    /**
     * Which port to listen on.
     *
     * @param asked 0 for any free one
     * @throws UncheckedIOException if someone else listens there
     */
    public static int choose(int asked) {
        try (ServerSocket socket = new ServerSocket()) {
            // a server that has just been stopped leaves its connections in TIME_WAIT; those do not count as taken
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), asked));
            return socket.getLocalPort();
        } catch (IOException taken) {
            throw new UncheckedIOException("port " + asked + " of 127.0.0.1", taken);
        }
    }

    static StartRefusedException taken(Map<String, Integer> taken) {
        List<String> problems = new ArrayList<>();
        taken.forEach((setting, port) ->
                problems.add(setting + ": port " + port + " of 127.0.0.1 is taken by another process."));
        String settings =
                taken.keySet().stream().map(setting -> "--" + setting + "=PORT").collect(Collectors.joining(" "));
        return new StartRefusedException(
                String.join("\n", problems),
                "Stop what listens there, or give another port with " + settings + " (0 = any free one).");
    }
}
