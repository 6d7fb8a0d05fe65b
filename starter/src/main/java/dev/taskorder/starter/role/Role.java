package dev.taskorder.starter.role;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;

/** A part that a process can play; several processes of one role share its work (design.md §1). */
public enum Role {
    /** Serves callers over HTTP. */
    API,
    /** Runs workflows, their steps and executors. */
    WORKER,
    /** Finds what is due although nobody asked. */
    MAINTENANCE;

    /** Every role, as the setting says it. */
    public static final String ALL = "api,worker,maintenance";

    /**
     * The roles that a setting names.
     *
     * @throws IllegalArgumentException naming the setting and the word, if one is no role
     */
    public static Set<Role> in(String setting) {
        Set<Role> roles = EnumSet.noneOf(Role.class);
        for (String word : setting.split(",", -1)) {
            String name = word.strip().toUpperCase(Locale.ROOT);
            roles.add(Arrays.stream(values())
                    .filter(role -> role.name().equals(name))
                    .findFirst()
                    .orElseThrow(() -> new IllegalArgumentException(
                            "taskorder.roles: '" + word.strip() + "' is no role; give some of " + ALL)));
        }
        return roles;
    }
}
