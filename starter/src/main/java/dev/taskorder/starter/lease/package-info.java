/** Leases over HTTP. */
@NullMarked
package dev.taskorder.starter.lease;

import org.jspecify.annotations.NullMarked;
