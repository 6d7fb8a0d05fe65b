package dev.taskorder.starter.local;

import dev.taskorder.starter.startup.StartRefusedException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.springframework.core.env.Environment;

/**
 * What local mode was asked for.
 *
 * @param toolsDir programs that may be shared by several data folders; by default inside this one
 * @param temporalTarget an existing Temporal; empty = start one
 * @param ownDatabase whether to start a database, for none was given
 */
record LocalSettings(
        Path dataDir,
        Path toolsDir,
        TemporalKind temporal,
        String temporalTarget,
        int serverPort,
        int temporalPort,
        int temporalUiPort,
        boolean ownDatabase) {
    private static final String SERVER_PORT = "server.port";
    private static final int SERVER_PORT_DEFAULT = 8080;
    private static final String TEMPORAL_PORT = "taskorder.local.temporal-port";
    private static final String TEMPORAL_UI_PORT = "taskorder.local.temporal-ui-port";
    private static final String TEMPORAL = "taskorder.local.temporal";

    /** Which Temporal to start. */
    enum TemporalKind {
        AUTO,
        DEV_SERVER,
        IN_JVM
    }

    static LocalSettings from(Environment environment) {
        Path dataDir = absolute(environment.getRequiredProperty("taskorder.local.data-dir"));
        return new LocalSettings(
                dataDir,
                absolute(environment.getProperty(
                        "taskorder.local.tools-dir", dataDir.resolve("tools").toString())),
                kind(environment.getRequiredProperty(TEMPORAL)),
                environment.getProperty("taskorder.temporal.target", "").strip(),
                environment.getProperty(SERVER_PORT, Integer.class, SERVER_PORT_DEFAULT),
                environment.getRequiredProperty(TEMPORAL_PORT, Integer.class),
                environment.getRequiredProperty(TEMPORAL_UI_PORT, Integer.class),
                environment.getProperty("spring.datasource.url", "").isBlank());
    }

    /** The ports that will be listened on, by the names of their settings. */
    Map<String, Integer> ports(boolean devServer) {
        Map<String, Integer> ports = new LinkedHashMap<>();
        ports.put(SERVER_PORT, serverPort);
        if (temporalTarget.isEmpty()) {
            ports.put(TEMPORAL_PORT, temporalPort);
            if (devServer) {
                ports.put(TEMPORAL_UI_PORT, temporalUiPort);
            }
        }
        return ports;
    }

    private static Path absolute(String path) {
        return Path.of(path).toAbsolutePath().normalize();
    }

    private static TemporalKind kind(String text) {
        try {
            return TemporalKind.valueOf(text.strip().replace('-', '_').toUpperCase(java.util.Locale.ROOT));
        } catch (IllegalArgumentException unknown) {
            throw new StartRefusedException(
                    TEMPORAL + ": '" + text + "' is not known.", "Give auto, dev-server or in-jvm.", unknown);
        }
    }
}
