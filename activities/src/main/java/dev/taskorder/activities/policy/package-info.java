/** Tenants and their policies, as rows. */
@NullMarked
package dev.taskorder.activities.policy;

import org.jspecify.annotations.NullMarked;
