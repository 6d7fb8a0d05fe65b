package dev.taskorder.trials;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/**
 * One kept-alive connection to the application on this machine. Bare, because the generator of a load shares its two
 * cores with what it measures, and a full HTTP client would take a third of them.
 */
final class WireClient implements AutoCloseable {
    private static final int BUFFER_BYTES = 64 * 1024;
    private static final int READ_TIMEOUT_MS = 30_000;
    private static final int HEX = 16;
    private static final long RESTED_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final int port;
    private Socket socket;
    private InputStream in;
    private long usedNanos = System.nanoTime();
    private final ByteArrayOutputStream request = new ByteArrayOutputStream(4096);
    private final String commonHeaders;

    /** Its body is made text only for who asks: a load looks at the status alone. */
    static final class Answer {
        private final int status;
        private final byte[] body;

        private Answer(int status, byte[] body) {
            this.status = status;
            this.body = body;
        }

        int status() {
            return status;
        }

        /** Empty if there was none. */
        String text() {
            return new String(body, StandardCharsets.UTF_8);
        }
    }

    WireClient(int port, String tenant) throws IOException {
        this("tenant: " + tenant, port);
    }

    private WireClient(String header, int port) throws IOException {
        this.port = port;
        this.socket = connected(port);
        this.in = buffered(socket);
        this.commonHeaders = " HTTP/1.1\r\nHost: 127.0.0.1:" + port + "\r\n" + header + "\r\n";
    }

    /** One whose key says who calls. */
    static WireClient withKey(int port, String key) throws IOException {
        return new WireClient("Authorization: Bearer " + key, port);
    }

    Answer get(String path) throws IOException {
        return exchange("GET", path, new byte[0]);
    }

    Answer post(String path, byte[] json) throws IOException {
        return exchange("POST", path, json);
    }

    Answer patch(String path, byte[] json) throws IOException {
        return exchange("PATCH", path, json);
    }

    Answer put(String path, byte[] json) throws IOException {
        return exchange("PUT", path, json);
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }

    private static Socket connected(int port) throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(READ_TIMEOUT_MS);
        return socket;
    }

    private static InputStream buffered(Socket socket) throws IOException {
        return new BufferedInputStream(socket.getInputStream(), BUFFER_BYTES);
    }

    /** A server closes a connection that has rested for a while; one that may be closed is not tried. */
    private void reconnectIfRested() throws IOException {
        if (System.nanoTime() - usedNanos > RESTED_NANOS) {
            socket.close();
            socket = connected(port);
            in = buffered(socket);
        }
    }

    private Answer exchange(String method, String path, byte[] json) throws IOException {
        reconnectIfRested();
        request.reset();
        String head = method + " " + path + commonHeaders
                + (json.length == 0
                        ? "\r\n"
                        : "Content-Type: application/json\r\nContent-Length: " + json.length + "\r\n\r\n");
        request.writeBytes(head.getBytes(StandardCharsets.US_ASCII));
        request.writeBytes(json);
        request.writeTo(socket.getOutputStream());
        Answer answer = readAnswer();
        usedNanos = System.nanoTime();
        return answer;
    }

    private Answer readAnswer() throws IOException {
        String statusLine = readLine();
        int status = Integer.parseInt(statusLine.split(" ", 3)[1]);
        int length = 0;
        boolean chunked = false;
        for (String header = readLine(); !header.isEmpty(); header = readLine()) {
            String lower = header.toLowerCase(Locale.ROOT);
            if (lower.startsWith("content-length:")) {
                length = Integer.parseInt(
                        lower.substring("content-length:".length()).strip());
            } else if (lower.startsWith("transfer-encoding:")) {
                chunked = lower.contains("chunked");
            }
        }
        return new Answer(status, chunked ? readChunks() : readFully(length));
    }

    private byte[] readChunks() throws IOException {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        for (int size = chunkSize(); size > 0; size = chunkSize()) {
            body.writeBytes(readFully(size));
            readLine();
        }
        readLine();
        return body.toByteArray();
    }

    private int chunkSize() throws IOException {
        return Integer.parseInt(readLine().split(";", 2)[0].strip(), HEX);
    }

    private byte[] readFully(int length) throws IOException {
        byte[] bytes = in.readNBytes(length);
        if (bytes.length < length) {
            throw new EOFException("the connection was closed within an answer");
        }
        return bytes;
    }

    private String readLine() throws IOException {
        StringBuilder line = new StringBuilder(64);
        for (int c = in.read(); c != '\n'; c = in.read()) {
            if (c < 0) {
                throw new EOFException("the connection was closed before an answer");
            }
            if (c != '\r') {
                line.append((char) c);
            }
        }
        return line.toString();
    }
}
