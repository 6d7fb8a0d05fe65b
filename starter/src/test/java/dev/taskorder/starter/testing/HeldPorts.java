package dev.taskorder.starter.testing;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Ports for servers that go away and come back on the same port. The system hands them to nobody meanwhile: they are below
 * those that it gives to whoever asks for any.
 */
public final class HeldPorts {
    private static final int LOWEST = 12_000;
    private static final int LOWEST_OF_THE_SYSTEM = 32_768;

    private HeldPorts() {}

    /** One that nobody listens on. */
    public static int any() {
        while (true) {
            int port = ThreadLocalRandom.current().nextInt(LOWEST, LOWEST_OF_THE_SYSTEM);
            if (isFree(port)) {
                return port;
            }
        }
    }

    private static boolean isFree(int port) {
        try (ServerSocket socket = new ServerSocket()) {
            socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            return true;
        } catch (IOException taken) {
            return false;
        }
    }
}
