package dev.taskorder.activities.outbound;

import java.net.Inet4Address;
import java.net.InetAddress;

/**
 * Which addresses are the public Internet. IPv4 excludes the special blocks; IPv6 is refused unless it is global
 * unicast and tunnels no IPv4 address, for a list of what is bad would miss what is assigned tomorrow.
 */
final class AddressRules {
    private AddressRules() {}

    static boolean isPublic(InetAddress address) {
        byte[] bytes = address.getAddress();
        // The JDK turns ::ffff:a.b.c.d into an Inet4Address by itself, so a mapped address is judged as what it is.
        return address instanceof Inet4Address ? isPublic4(bytes) : isPublic6(bytes);
    }

    private static boolean isPublic4(byte[] b) {
        int first = b[0] & 0xff;
        int second = b[1] & 0xff;
        int third = b[2] & 0xff;
        return switch (first) {
            case 0, 10, 127 -> false;
            case 100 -> second < 64 || second > 127; // shared by carriers (CGNAT)
            case 169 -> second != 254; // link-local: here live the clouds' metadata services
            case 172 -> second < 16 || second > 31;
            case 192 -> second != 168 && !(second == 0 && (third == 0 || third == 2)) && !(second == 88 && third == 99);
            case 198 -> second != 18 && second != 19 && !(second == 51 && third == 100);
            case 203 -> !(second == 0 && third == 113);
            default -> first < 224; // multicast, reserved and broadcast above
        };
    }

    private static boolean isPublic6(byte[] b) {
        int first = pair(b, 0);
        int second = pair(b, 2);
        boolean globalUnicast = (first & 0xe000) == 0x2000;
        boolean special =
                first == 0x2001 && (second < 0x0200 || second == 0x0db8); // Teredo and other protocols, examples
        boolean sixToFour = first == 0x2002;
        boolean examples = first == 0x3fff && second < 0x1000;
        return globalUnicast && !special && !sixToFour && !examples;
    }

    private static int pair(byte[] b, int at) {
        return ((b[at] & 0xff) << 8) | (b[at + 1] & 0xff);
    }
}
