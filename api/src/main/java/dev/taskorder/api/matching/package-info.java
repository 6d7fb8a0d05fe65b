/** The port through which whoever frees something asks for a match. */
@NullMarked
package dev.taskorder.api.matching;

import org.jspecify.annotations.NullMarked;
