package dev.taskorder.starter.web;

import dev.taskorder.starter.problem.Problem;
import dev.taskorder.starter.problem.ProblemCode;
import dev.taskorder.starter.problem.ProblemException;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.io.OutputStream;
import org.apache.catalina.connector.ClientAbortException;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.InvalidMediaTypeException;
import org.springframework.http.MediaType;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.core.exc.StreamConstraintsException;
import tools.jackson.core.exc.StreamReadException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Reads a request's body: bounded, strict JSON, an object at the top. */
public final class JsonBody {
    private JsonBody() {}

    /**
     * The body's object.
     *
     * @param bytesMax a larger body is refused with 413
     * @throws ProblemException if there is no such body
     */
    public static ObjectNode read(HttpServletRequest request, int bytesMax) throws IOException {
        requireJson(request);
        return parse(bytes(request, bytesMax));
    }

    /** Like {@link #read}, but no body at all is an empty object. */
    public static ObjectNode readOptional(HttpServletRequest request, int bytesMax) throws IOException {
        byte[] bytes = bytes(request, bytesMax);
        if (bytes.length == 0) {
            return Json.MAPPER.createObjectNode();
        }
        requireJson(request);
        return parse(bytes);
    }

    /** How many bytes the value has when it is written without blanks. */
    public static int sizeOf(JsonNode node) {
        Counter counter = new Counter();
        Json.MAPPER.writeValue(counter, node);
        return counter.bytes;
    }

    static ObjectNode parse(byte[] body) {
        JsonNode root;
        try (JsonParser parser = Json.MAPPER.createParser(body)) {
            root = parse(parser);
        }
        if (root instanceof ObjectNode object) {
            return object;
        }
        throw new ProblemException(ProblemCode.INVALID_REQUEST, "", "must be a JSON object, was " + Shown.of(root));
    }

    private static JsonNode parse(JsonParser parser) {
        try {
            JsonNode root = Json.MAPPER.readTree(parser);
            if (root == null || root.isMissingNode()) {
                throw malformed("", "is empty");
            }
            return root;
        } catch (StreamConstraintsException e) {
            throw new ProblemException(ProblemCode.INVALID_REQUEST, pointer(parser), ParserWords.limit(e));
        } catch (StreamReadException e) {
            // the parser's own words name switches of the parser, which are no business of a caller
            throw malformed(pointer(parser), "is not valid JSON: " + ParserWords.reason(e) + at(e.getLocation()));
        } catch (JacksonException e) {
            // what begins after the end, be it an object, has no name
            String what =
                    parser.currentName() == null ? "has more after its end" : "is a second member of the same name";
            throw malformed(pointer(parser), what + at(parser.currentTokenLocation()));
        } catch (NumberFormatException e) {
            throw new ProblemException(ProblemCode.INVALID_REQUEST, pointer(parser), Hygiene.TOO_LARGE_NUMBER);
        }
    }

    private static String pointer(JsonParser parser) {
        return Shown.pointer(parser.streamReadContext().pathAsPointer().toString());
    }

    private static ProblemException malformed(String pointer, String message) {
        return new ProblemException(ProblemCode.MALFORMED_JSON, pointer, message);
    }

    private static String at(TokenStreamLocation location) {
        return " (line " + location.getLineNr() + ", column " + location.getColumnNr() + ")";
    }

    private static byte[] bytes(HttpServletRequest request, int bytesMax) throws IOException {
        if (request.getContentLengthLong() > bytesMax) {
            throw tooLarge(request.getContentLengthLong() + " bytes", bytesMax);
        }
        byte[] bytes;
        try {
            bytes = request.getInputStream().readNBytes(bytesMax + 1);
        } catch (ClientAbortException gone) {
            throw gone;
        } catch (IOException badFraming) {
            throw new ProblemException(Problem.ofBrokenBody());
        }
        if (bytes.length > bytesMax) {
            throw tooLarge("more", bytesMax);
        }
        return bytes;
    }

    /** The refusal of a body, or of one order of a batch, that has too many bytes. */
    public static ProblemException tooLarge(String actual, int bytesMax) {
        return new ProblemException(
                ProblemCode.PAYLOAD_TOO_LARGE, "", "must have at most " + bytesMax + " bytes, has " + actual);
    }

    private static void requireJson(HttpServletRequest request) {
        String encoding = request.getHeader(HttpHeaders.CONTENT_ENCODING);
        String type = request.getContentType();
        if (!isJson(type)) {
            throw unsupported("the body must be application/json, "
                    + (type == null ? "and has no Content-Type" : "was " + Shown.of(type)));
        }
        if (encoding != null && !"identity".equalsIgnoreCase(encoding)) {
            throw unsupported("the body must not be encoded, has Content-Encoding " + Shown.of(encoding));
        }
    }

    private static ProblemException unsupported(String detail) {
        return new ProblemException(Problem.of(ProblemCode.UNSUPPORTED_MEDIA_TYPE, detail)
                .withHeader(HttpHeaders.ACCEPT, MediaType.APPLICATION_JSON_VALUE));
    }

    private static boolean isJson(@Nullable String contentType) {
        if (MediaType.APPLICATION_JSON_VALUE.equals(contentType)) {
            return true;
        }
        if (contentType == null) {
            return false;
        }
        try {
            return MediaType.parseMediaType(contentType).equalsTypeAndSubtype(MediaType.APPLICATION_JSON);
        } catch (InvalidMediaTypeException e) {
            return false;
        }
    }

    private static final class Counter extends OutputStream {
        private int bytes;

        @Override
        public void write(int b) {
            bytes++;
        }

        @Override
        public void write(byte[] b, int offset, int length) {
            bytes += length;
        }
    }
}
