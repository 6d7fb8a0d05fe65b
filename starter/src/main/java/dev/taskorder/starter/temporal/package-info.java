/** Everything that talks to Temporal: the client, the workers, and the dispatcher that starts and signals. */
@NullMarked
package dev.taskorder.starter.temporal;

import org.jspecify.annotations.NullMarked;
