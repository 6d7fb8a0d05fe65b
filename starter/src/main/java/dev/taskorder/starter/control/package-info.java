/** Pause and resume over HTTP. */
@NullMarked
package dev.taskorder.starter.control;

import org.jspecify.annotations.NullMarked;
