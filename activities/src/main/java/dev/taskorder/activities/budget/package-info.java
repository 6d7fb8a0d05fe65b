/** What a project, or the tenant, may spend in an env. */
@NullMarked
package dev.taskorder.activities.budget;

import org.jspecify.annotations.NullMarked;
