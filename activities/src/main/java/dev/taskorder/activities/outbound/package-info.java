/** Requests to addresses that a tenant names: what may be reached, and one exchange that reaches only that. */
@NullMarked
package dev.taskorder.activities.outbound;

import org.jspecify.annotations.NullMarked;
