/** Why an order is where it is. */
@NullMarked
package dev.taskorder.api.explain;

import org.jspecify.annotations.NullMarked;
