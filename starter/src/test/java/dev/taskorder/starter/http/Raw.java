package dev.taskorder.starter.http;

import dev.taskorder.starter.testing.Http;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import tools.jackson.databind.JsonNode;

/** A request written by hand, for what no client library would send. */
record Raw(String answer) {
    /** What is put behind every head. */
    static final String END = "\r\nConnection: close\r\n\r\n";

    /** The head without its last, empty line. */
    static Raw send(int port, String head) throws IOException {
        return send(port, head, "");
    }

    /** The head without its last, empty line, and a body; each character of both is one byte. */
    static Raw send(int port, String head, String body) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(10_000);
            String request = head + END + body;
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
