package dev.taskorder.api.tenant;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.regex.Pattern;

/** A tenant's stable key: 1 to 63 of a-z, 0-9, '_' and '-', starting with a letter. */
public record TenantId(@JsonValue String value) {
    private static final Pattern SHAPE = Pattern.compile("[a-z][a-z0-9_-]{0,62}");
    private static final String SYSTEM_ID = "_system";

    /** The installation itself: operators' keys are its. It has no orders, and no caller can name it. */
    public static final TenantId SYSTEM = new TenantId(SYSTEM_ID);

    @JsonCreator
    public TenantId {
        if (!isWellFormed(value) && !value.equals(SYSTEM_ID)) {
            throw new IllegalArgumentException("tenant id must match " + SHAPE + ", was '" + value + "'");
        }
    }

    /** Whether the text could be a tenant's id; says nothing about whether such a tenant exists. */
    public static boolean isWellFormed(String text) {
        return SHAPE.matcher(text).matches();
    }

    @Override
    public String toString() {
        return value;
    }
}
