package dev.taskorder.trials;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Stream;

/** Where the figures come from: without it they mean nothing. */
final class Machine {
    private static final double KB_PER_GB = 1024.0 * 1024;

    private Machine() {}

    static Map<String, Object> asJson() {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("cores", Runtime.getRuntime().availableProcessors());
        json.put("processor", valueIn("/proc/cpuinfo", "model name"));
        json.put("memory_gb", memoryGb());
        json.put("system", System.getProperty("os.name") + " " + System.getProperty("os.version"));
        json.put("java", System.getProperty("java.vm.version"));
        json.put("load_before", firstLineOf("/proc/loadavg"));
        return json;
    }

    private static double memoryGb() {
        String kb = valueIn("/proc/meminfo", "MemTotal").replaceAll("[^0-9]", "");
        return kb.isEmpty() ? 0 : Math.round(Double.parseDouble(kb) / KB_PER_GB);
    }

    private static String valueIn(String file, String name) {
        try (Stream<String> lines = Files.lines(Path.of(file))) {
            return lines.filter(line -> line.startsWith(name))
                    .map(line -> line.substring(line.indexOf(':') + 1).strip())
                    .findFirst()
                    .orElse("unknown");
        } catch (IOException notLinux) {
            return "unknown";
        }
    }

    private static String firstLineOf(String file) {
        try {
            return Files.readString(Path.of(file)).strip();
        } catch (IOException notLinux) {
            return "unknown";
        }
    }
}
