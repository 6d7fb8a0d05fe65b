/** Leases: which task occupies which asset, from when to when. */
@NullMarked
package dev.taskorder.api.lease;

import org.jspecify.annotations.NullMarked;
