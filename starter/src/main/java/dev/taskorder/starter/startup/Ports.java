package dev.taskorder.starter.startup;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;

/** Ports of this machine's loopback address. */
public final class Ports {
    private Ports() {}

    /**
     * Which port to listen on.
     *
     * @param asked 0 for any free one
     * @throws StartRefusedException naming the setting, if someone else listens there
     */
    public static int choose(String setting, int asked) {
        try (ServerSocket socket = new ServerSocket()) {
            // a server that has just been stopped leaves its connections in TIME_WAIT; those do not count as taken
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), asked));
            return socket.getLocalPort();
        } catch (IOException taken) {
            throw taken(setting, asked);
        }
    }

    static StartRefusedException taken(String setting, int port) {
        return new StartRefusedException(
                setting + ": port " + port + " of 127.0.0.1 is taken by another process.",
                "Stop that process, or give another port with --" + setting + "=PORT (0 = any free one).");
    }
}
