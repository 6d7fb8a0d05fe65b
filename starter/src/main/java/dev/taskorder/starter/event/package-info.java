/** Events over HTTP. */
@NullMarked
package dev.taskorder.starter.event;

import org.jspecify.annotations.NullMarked;
