package dev.taskorder.api.order;

import java.math.BigDecimal;
import java.util.regex.Pattern;

/** Every bound of a task order, with its unit in the name (design.md §9 and api.md, "Create body"). */
public final class Limits {
    public static final int BODY_BYTES_MAX = 256 * 1024;
    public static final int BATCH_BODY_BYTES_MAX = 8 * 1024 * 1024;
    public static final int BATCH_ORDERS_MAX = 1000;
    public static final int INPUT_BYTES_MAX = 64 * 1024;
    public static final int OUTPUT_BYTES_MAX = 64 * 1024;
    public static final int JSON_DEPTH_MAX = 64;
    public static final int IDEMPOTENCY_KEY_CHARS_MAX = 255;
    public static final int EXTERNAL_REF_CHARS_MAX = 255;
    public static final int DESCRIPTION_CHARS_MAX = 2000;
    public static final int REASON_CHARS_MAX = 2000;
    public static final int RESULT_MESSAGE_CHARS_MAX = 2000;
    public static final int TAGS_MAX = 32;
    public static final int TAG_CHARS_MAX = 64;
    public static final int HINTS_MAX = 16;
    public static final int MIN_COUNT_MAX = 100;
    public static final int ATTRIBUTES_MAX = 32;
    public static final int CONSTRAINTS_BYTES_MAX = 16 * 1024;
    public static final int PRIORITY_MAX = 100;
    public static final int MAX_RETRIES_MAX = 100;
    public static final int HEALTH_SCORE_MAX = 100;
    public static final long TIMEOUT_MS_MAX = 30L * 24 * 60 * 60 * 1000;
    public static final int CONCURRENCY_MAX = 1000;
    public static final int COSTS_PER_RESULT_MAX = 64;
    public static final int OUTCOMES_PER_RESULT_MAX = 1600;
    public static final int EVENT_PAYLOAD_BYTES_MAX = 64 * 1024;
    /** So far ahead of our clock the clock of who tells an event may be. */
    public static final int EVENT_AHEAD_MINUTES_MAX = 5;

    public static final int WAIT_SECONDS_MAX = 60;
    public static final int PAGE_ITEMS_MAX = 200;
    public static final int PAGE_ITEMS_DEFAULT = 50;
    public static final int AMOUNT_FRACTION_DIGITS_MAX = 6;
    public static final int NOTE_CHARS_MAX = 2000;
    /** So many groups a summary of the ledger may have. */
    public static final int LEDGER_GROUPS_MAX = 50_000;

    /** The largest amount of {@code numeric(20,6)}. */
    public static final BigDecimal AMOUNT_MAX = new BigDecimal("99999999999999.999999");

    /** Project, task type, category, asset, sku code and every other id that a caller chooses. */
    public static final Pattern NAME = Pattern.compile("[A-Za-z0-9._-]{1,128}");

    public static final Pattern ENV = Pattern.compile("[a-z][a-z0-9_-]{0,31}");
    public static final Pattern CURRENCY = Pattern.compile("[A-Z]{3,5}");

    /** A sku code of a hint: exact, or a literal prefix that ends in one {@code *}. */
    public static final Pattern SKU_PATTERN = Pattern.compile("[A-Za-z0-9._-]{1,128}|[A-Za-z0-9._-]{0,127}\\*");

    private Limits() {}
}
