package dev.taskorder.api.policy;

/** The policy of the bound tenant. */
public interface Policies {
    /** The version in force now, which new orders are created under; cached for at most two seconds. */
    ActivePolicy active();
}
