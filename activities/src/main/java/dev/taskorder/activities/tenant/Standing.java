package dev.taskorder.activities.tenant;

/** Whether work may begin for the bound tenant. What settles, releases, posts or reads does not ask. */
@FunctionalInterface
public interface Standing {
    /**
     * Whether it is neither suspended nor expired. Asked in a transaction: a no is said by the row as that sees it, so that who
     * finds what an activation left to be done finds the tenant active.
     */
    boolean mayBegin();
}
