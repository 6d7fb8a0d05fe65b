/** Budgets: what a project, or the tenant, may spend in an env, in all or in each month or day. */
@NullMarked
package dev.taskorder.api.budget;

import org.jspecify.annotations.NullMarked;
