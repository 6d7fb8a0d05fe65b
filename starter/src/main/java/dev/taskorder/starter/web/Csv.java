package dev.taskorder.starter.web;

import dev.taskorder.starter.problem.AnswerCutOffException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Iterator;
import java.util.List;
import java.util.function.Function;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVPrinter;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;

/**
 * A table as CSV (RFC 4180, UTF-8), for whoever prefers that to JSON.
 *
 * @param columns their names, the first line
 * @param cells what stands in a row: texts, numbers, times, or null for an empty cell
 */
public record Csv<T>(List<String> columns, Function<? super T, List<@Nullable Object>> cells) {
    public static final String MEDIA_TYPE = "text/csv";
    private static final MediaType TYPE = MediaType.valueOf(MEDIA_TYPE);

    /** With one of these at its beginning a cell is a formula to a spreadsheet, which would work it out. */
    private static final String BEGINS_FORMULA = "=+-@\t\r\n";

    public Csv {
        columns = List.copyOf(columns);
    }

    /** Whether the caller prefers CSV; JSON if it does not care. */
    public static boolean isPreferred(HttpServletRequest request) {
        return Preferred.overJson(request, TYPE);
    }

    /**
     * Answers with these rows, each portion as soon as it is there. What goes wrong with the first one is a problem like
     * any other; later the answer just ends, and the connection with it.
     */
    public void write(HttpServletResponse response, Iterator<? extends List<? extends T>> portions) throws IOException {
        List<? extends T> first = portions.hasNext() ? portions.next() : List.of();
        response.setStatus(HttpServletResponse.SC_OK);
        response.setContentType(MEDIA_TYPE);
        response.setCharacterEncoding(StandardCharsets.UTF_8);
        CSVPrinter printer = new CSVPrinter(response.getWriter(), CSVFormat.RFC4180);
        printer.printRecord(columns);
        print(printer, first);
        try {
            while (portions.hasNext()) {
                print(printer, portions.next());
            }
        } catch (RuntimeException e) {
            throw new AnswerCutOffException(e);
        }
        printer.flush();
    }

    private void print(CSVPrinter printer, List<? extends T> rows) throws IOException {
        for (T row : rows) {
            for (Object cell : cells.apply(row)) {
                printer.print(shown(cell));
            }
            printer.println();
        }
        printer.flush();
    }

    private static @Nullable Object shown(@Nullable Object cell) {
        if (cell instanceof Instant time) {
            return Json.TIME.format(time);
        }
        if (cell instanceof java.math.BigDecimal number) {
            return Numbers.shown(number).toPlainString();
        }
        return cell instanceof String text ? harmless(text) : cell;
    }

    private static String harmless(String text) {
        return text.isEmpty() || BEGINS_FORMULA.indexOf(text.charAt(0)) < 0 ? text : "'" + text;
    }
}
