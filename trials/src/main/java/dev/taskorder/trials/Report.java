package dev.taskorder.trials;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What a trial found: the figures for people, the rounds behind them for whoever wants to look closer. */
final class Report {
    private final String trial;
    private final PrintStream out;
    private final List<Figure> figures = new ArrayList<>();
    private final Map<String, Object> details = new LinkedHashMap<>();

    Report(String trial, PrintStream out) {
        this.trial = trial;
        this.out = out;
    }

    void add(Figure figure) {
        figures.add(figure);
    }

    /** Anything that JSON can carry. */
    void detail(String name, Object value) {
        details.put(name, value);
    }

    /** Shows that something is going on. */
    void say(String line) {
        out.println("  " + trial + " · " + line);
    }

    boolean missedAny() {
        return figures.stream().anyMatch(figure -> figure.verdict().equals("MISSED"));
    }

    void print() {
        out.println();
        out.println(trial);
        int width = figures.stream()
                .mapToInt(figure -> figure.what().length())
                .max()
                .orElse(0);
        for (Figure figure : figures) {
            out.println(line(figure, width).stripTrailing());
        }
        out.println();
    }

    Map<String, Object> asJson() {
        List<Map<String, Object>> rows = new ArrayList<>();
        for (Figure figure : figures) {
            Map<String, Object> row = new LinkedHashMap<>();
            row.put("what", figure.what());
            row.put("value", figure.value());
            row.put("unit", figure.unit());
            row.put("note", figure.note());
            if (figure.bar() != null) {
                row.put("bar", figure.bar().inWords());
                row.put("met", figure.bar().isMetBy(figure.value()));
            }
            rows.add(row);
        }
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("trial", trial);
        json.put("figures", rows);
        json.put("details", details);
        return json;
    }

    private static String line(Figure figure, int width) {
        String bar = figure.bar() == null ? "" : "bar " + figure.bar().inWords() + ": " + figure.verdict();
        return "  %s  %10s %-12s %-18s %s"
                .formatted(pad(figure.what(), width), figure.shown(), figure.unit(), bar, figure.note());
    }

    private static String pad(String text, int width) {
        return text + " ".repeat(Math.max(0, width - text.length()));
    }
}
