package dev.taskorder.api.policy;

/** A policy and the version it has, such as {@code tenant_policy.v1}. */
public record ActivePolicy(int version, Policy policy) {
    /** The name that orders carry. */
    public String name() {
        return nameOf(version);
    }

    /** The name of a version. */
    public static String nameOf(int version) {
        return "tenant_policy.v" + version;
    }
}
