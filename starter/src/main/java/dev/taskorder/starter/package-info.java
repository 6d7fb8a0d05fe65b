/** The application: what wires the features into one process. */
@NullMarked
package dev.taskorder.starter;

import org.jspecify.annotations.NullMarked;
