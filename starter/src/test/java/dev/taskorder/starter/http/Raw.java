package dev.taskorder.starter.http;

import dev.taskorder.starter.testing.Http;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import tools.jackson.databind.JsonNode;

/** A request written by hand, for what no client library would send. */
record Raw(String answer) {
    /** The head without its last, empty line. */
    static Raw send(int port, String head) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(10_000);
            String request = head + "\r\nConnection: close\r\n\r\n";
            socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
            return new Raw(new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8));
        }
    }

    int status() {
        return Integer.parseInt(answer.split(" ", 3)[1]);
    }

    JsonNode problem() {
        return Http.json(answer.substring(answer.indexOf('{'), answer.lastIndexOf('}') + 1));
    }
}
