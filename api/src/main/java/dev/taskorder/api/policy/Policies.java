package dev.taskorder.api.policy;

/** The policy of the bound tenant. */
public interface Policies {
    /** The version in force now, which new orders are created under; a change by any process counts within two seconds. */
    ActivePolicy active();
}
