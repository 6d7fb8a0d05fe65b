package dev.taskorder.starter.testing;

import java.io.BufferedInputStream;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** A reader of server-sent events, line by line as the HTML standard says; it reads only when it is asked to. */
public final class EventReader implements AutoCloseable {
    private static final int TIMEOUT_MS = 30_000;

    private final Socket socket = new Socket();
    private final BufferedReader lines;
    private final String head;

    /**
     * What came.
     *
     * @param id null if it has none
     * @param event null for a comment, whose text is the data
     */
    public record Message(@Nullable String id, @Nullable String event, String data) {
        public long seq() {
            return Long.parseLong(Objects.requireNonNull(id));
        }

        public JsonNode json() {
            return Http.json(data);
        }
    }

    /** Asks for a stream, with these headers, pairs of name and value. */
    public EventReader(int port, String path, String... headers) throws IOException {
        // so that what the reader does not read soon stays with who sends it
        socket.setReceiveBufferSize(16 * 1024);
        socket.setSoTimeout(TIMEOUT_MS);
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        StringBuilder request = new StringBuilder(
                "GET " + path + " HTTP/1.1\r\nHost: 127.0.0.1:" + port + "\r\nAccept: text/event-stream\r\n");
        for (int i = 0; i < headers.length; i += 2) {
            request.append(headers[i]).append(": ").append(headers[i + 1]).append("\r\n");
        }
        socket.getOutputStream().write((request + "\r\n").getBytes(StandardCharsets.UTF_8));
        InputStream in = new BufferedInputStream(socket.getInputStream());
        head = readHead(in);
        lines = new BufferedReader(new InputStreamReader(new Chunks(in), StandardCharsets.UTF_8));
    }

    private static String readHead(InputStream in) throws IOException {
        StringBuilder all = new StringBuilder();
        for (String line = line(in); !line.isEmpty(); line = line(in)) {
            all.append(line).append('\n');
        }
        return all.toString();
    }

    private static String line(InputStream in) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int next = in.read(); next >= 0 && next != '\n'; next = in.read()) {
            line.append((char) next);
        }
        return line.toString().strip();
    }

    /** What is in the chunks of a body, as soon as a piece of it is there. */
    private static final class Chunks extends InputStream {
        private final InputStream in;
        private int left;
        private boolean ended;

        Chunks(InputStream in) {
            this.in = in;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] into, int from, int length) throws IOException {
            if (left == 0 && !ended) {
                String size = line(in);
                left = Integer.parseInt(size.isEmpty() ? line(in) : size, 16);
                ended = left == 0;
            }
            if (ended) {
                return -1;
            }
            int read = in.read(into, from, Math.min(length, left));
            left -= Math.max(read, 0);
            return read;
        }
    }

    public int status() {
        return Integer.parseInt(head.split("\\s+", 3)[1]);
    }

    /** The answer's status line and headers. */
    public String head() {
        return head;
    }

    /** The next event or comment; null at the end. Waits for it. */
    public @Nullable Message next() throws IOException {
        Map<String, String> fields = new LinkedHashMap<>();
        while (true) {
            String line = lines.readLine();
            if (line == null) {
                return null;
            }
            if (line.isEmpty()) {
                Message message = message(fields);
                if (message != null) {
                    return message;
                }
                fields.clear();
            } else {
                int colon = line.indexOf(':');
                fields.put(line.substring(0, colon), line.substring(colon + 1).strip());
            }
        }
    }

    private static @Nullable Message message(Map<String, String> fields) {
        if (fields.containsKey("data")) {
            return new Message(fields.get("id"), fields.get("event"), Objects.requireNonNull(fields.get("data")));
        }
        String comment = fields.get("");
        return comment == null ? null : new Message(null, null, comment);
    }

    /** The next that is no comment; null at the end. */
    public @Nullable Message nextEvent() throws IOException {
        long patience = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(TIMEOUT_MS);
        Message message = next();
        while (message != null && message.event() == null) {
            if (System.nanoTime() > patience) {
                throw new SocketTimeoutException("nothing but comments came");
            }
            message = next();
        }
        return message;
    }

    /** So many events; fewer at the end. */
    public List<Message> events(int count) throws IOException {
        List<Message> all = new ArrayList<>();
        for (Message next = null; all.size() < count; all.add(next)) {
            next = nextEvent();
            if (next == null) {
                break;
            }
        }
        return all;
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
