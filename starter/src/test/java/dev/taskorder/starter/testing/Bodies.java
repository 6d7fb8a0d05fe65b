package dev.taskorder.starter.testing;

import java.util.concurrent.atomic.AtomicInteger;

/** Bodies to start from: whatever a test does not speak of is as it should be. */
public final class Bodies {
    private static final AtomicInteger LAST = new AtomicInteger();

    private Bodies() {}

    /** An order under a key of its own, with these members besides the required ones. */
    public static String order(String... members) {
        return orderUnder("key-" + LAST.incrementAndGet(), members);
    }

    /** An order under this key. A member such as {@code "priority":1} replaces one of the same name. */
    public static String orderUnder(String key, String... members) {
        return object(
                new String[] {
                    "\"idempotency_key\":\"" + key + "\"",
                    "\"project_id\":\"p\"",
                    "\"env\":\"prod\"",
                    "\"task_type\":\"T\""
                },
                members);
    }

    /** A batch of so many orders under the keys {@code b-0}, {@code b-1} and so on. */
    public static String batch(int orders) {
        return "{\"task_orders\":" + array(orderUnder("b-#"), orders) + "}";
    }

    /** An asset, with these members besides the required ones. */
    public static String asset(String... members) {
        return object(
                new String[] {
                    "\"env\":\"prod\"", "\"sku_category\":\"RAW_NET\"", "\"sku_code\":\"ip.uk\"", "\"unit_cost\":0.35"
                },
                members);
    }

    /** A JSON string of so many times this text. */
    public static String text(String unit, int times) {
        return "\"" + unit.repeat(times) + "\"";
    }

    /** A JSON array of so many times this item; {@code #} in it becomes the position. */
    public static String array(String item, int times) {
        StringBuilder array = new StringBuilder("[");
        for (int i = 0; i < times; i++) {
            array.append(i == 0 ? "" : ",").append(item.replace("#", Integer.toString(i)));
        }
        return array.append(']').toString();
    }

    private static String object(String[] basic, String[] members) {
        StringBuilder object = new StringBuilder("{");
        for (String member : basic) {
            if (!isReplaced(member, members)) {
                object.append(object.length() == 1 ? "" : ",").append(member);
            }
        }
        for (String member : members) {
            object.append(object.length() == 1 ? "" : ",").append(member);
        }
        return object.append('}').toString();
    }

    private static boolean isReplaced(String member, String[] members) {
        String name = member.substring(0, member.indexOf(':') + 1);
        for (String other : members) {
            if (other.startsWith(name)) {
                return true;
            }
        }
        return false;
    }
}
