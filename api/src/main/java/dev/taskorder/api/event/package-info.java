/** Events: what changed, written in the transaction that changed it. */
@NullMarked
package dev.taskorder.api.event;

import org.jspecify.annotations.NullMarked;
