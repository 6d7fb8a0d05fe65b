/** The closed list of failures that cross Temporal. */
@NullMarked
package dev.taskorder.api.failure;

import org.jspecify.annotations.NullMarked;
