/** What must hold over all rows of a tenant, asked of them. */
@NullMarked
package dev.taskorder.activities.invariant;

import org.jspecify.annotations.NullMarked;
