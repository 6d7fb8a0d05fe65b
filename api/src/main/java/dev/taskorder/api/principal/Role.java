package dev.taskorder.api.principal;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** What a principal may do, from least to most; each may what those before it may (api.md). */
public enum Role {
    /** Reads all of its tenant. */
    VIEWER,
    /** Creates, changes and cancels orders, and tells of assets. */
    SUBMITTER,
    /** Runs its tenant: assets, leases, money, keys. */
    TENANT_ADMIN,
    /** Runs the installation, and acts for any tenant by naming it. */
    OPERATOR;

    private final String word = name().toLowerCase(Locale.ROOT).replace('_', '-');

    /** Its name for callers, such as {@code tenant-admin}. */
    @JsonValue
    public String word() {
        return word;
    }

    /** The role of that name, exactly as {@link #word} writes it. */
    public static Optional<Role> of(String word) {
        return Arrays.stream(values()).filter(role -> role.word.equals(word)).findFirst();
    }

    /** Whether it may do what takes at least the other. */
    public boolean includes(Role least) {
        return compareTo(least) >= 0;
    }
}
