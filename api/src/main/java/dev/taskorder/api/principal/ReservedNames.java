package dev.taskorder.api.principal;

import dev.taskorder.api.tenant.Caller;
import java.text.Normalizer;
import java.util.List;
import java.util.Locale;

/**
 * Names that this application itself has in events and the audit log. No key and no token is of that name, so that what the
 * application did and what a caller did are told apart for as long as those are kept.
 */
public final class ReservedNames {
    /** Whoever reaches local mode's loopback without a key. */
    public static final String OPERATOR = "operator";
    /** What came by Temporal and not by a call. */
    public static final String TEMPORAL = "temporal";
    /** The start of a process that takes the first operator's key; and that key. */
    public static final String BOOTSTRAP = "bootstrap";

    /** All of them; those that have no constant here stand in statements. */
    private static final List<String> ALL = List.of(
            BOOTSTRAP,
            "executor",
            "ledger",
            "maintenance",
            "matcher",
            OPERATOR,
            Caller.SYSTEM.actor(),
            TEMPORAL,
            "workflow");

    private ReservedNames() {}

    /** Whether a reader would take the text for one of them: in other letters, widths or blanks it is one, too. */
    public static boolean contains(String name) {
        String plain = Normalizer.normalize(name, Normalizer.Form.NFKC).strip().toLowerCase(Locale.ROOT);
        return ALL.contains(plain);
    }

    /** All, for messages. */
    public static String all() {
        return String.join(", ", ALL);
    }
}
