/** When events are seen; how, is the module's below. */
@NullMarked
package dev.taskorder.starter.relay;

import org.jspecify.annotations.NullMarked;
