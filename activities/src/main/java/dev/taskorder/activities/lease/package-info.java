/** Leases: the slots that orders occupy. */
@NullMarked
package dev.taskorder.activities.lease;

import org.jspecify.annotations.NullMarked;
