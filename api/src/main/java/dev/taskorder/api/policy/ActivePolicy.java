package dev.taskorder.api.policy;

/** A policy and the version it has, such as {@code tenant_policy.v1}. */
public record ActivePolicy(int version, Policy policy) {
    private static final String PREFIX = "tenant_policy.v";

    /** The name that orders carry. */
    public String name() {
        return nameOf(version);
    }

    /** The name of a version. */
    public static String nameOf(int version) {
        return PREFIX + version;
    }

    /** The version of a name. */
    public static int versionOf(String name) {
        return Integer.parseInt(name.substring(PREFIX.length()));
    }
}
