/** Tenant policies: numbered, immutable rules an order is created under. */
@NullMarked
package dev.taskorder.api.policy;

import org.jspecify.annotations.NullMarked;
