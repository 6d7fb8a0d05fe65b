package dev.taskorder.starter.startup;

import dev.taskorder.starter.web.SecuritySettings;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.HashMap;
import java.util.Map;
import org.springframework.boot.actuate.autoconfigure.web.server.ManagementPortType;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MapPropertySource;

/** The tenant header is believed as it comes, so nobody but this machine may send one. */
final class LoopbackOnly {
    private static final String LOOPBACK = "127.0.0.1";
    private static final String ADDRESS = "server.address";
    private static final String MANAGEMENT_ADDRESS = "management.server.address";

    private LoopbackOnly() {}

    /**
     * Lets every port listen on loopback where nothing is said: the framework's own default is all addresses.
     *
     * @throws StartRefusedException if another address is given
     */
    static void require(ConfigurableEnvironment environment) {
        Map<String, Object> defaults = new HashMap<>();
        check(environment, ADDRESS, defaults);
        if (ManagementPortType.get(environment) == ManagementPortType.DIFFERENT) {
            check(environment, MANAGEMENT_ADDRESS, defaults);
        }
        environment.getPropertySources().addLast(new MapPropertySource("loopback only", defaults));
    }

    private static void check(ConfigurableEnvironment environment, String setting, Map<String, Object> defaults) {
        String address = environment.getProperty(setting);
        if (address == null) {
            defaults.put(setting, LOOPBACK);
        } else if (!isLoopback(address)) {
            throw new StartRefusedException(
                    setting + ": " + shown(address) + " is not a loopback address, and "
                            + SecuritySettings.ACCEPT
                            + " believes a bare tenant header: whoever reaches the port could act as any"
                            + " tenant.",
                    "Use --" + setting + "=" + LOOPBACK + ", or leave tenant-header out of " + SecuritySettings.ACCEPT
                            + " and give callers keys.");
        }
    }

    /** A blank name resolves to loopback here, and means all addresses to the server. */
    private static boolean isLoopback(String address) {
        try {
            return !address.isBlank() && InetAddress.getByName(address).isLoopbackAddress();
        } catch (UnknownHostException unknown) {
            return false;
        }
    }

    private static String shown(String address) {
        return address.isBlank() ? "blank, which means all addresses," : address;
    }
}
