package dev.taskorder.api.offenders;

import io.temporal.activity.ActivityInterface;

/** Breaks a rule: nobody can tell for whom it works. */
@ActivityInterface
public interface NamesNoTenant {
    void work(String forWhom);
}
