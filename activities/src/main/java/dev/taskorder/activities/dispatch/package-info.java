/** What waits to be told to Temporal: orders to start and signals to send, as rows and as a wake-up. */
@NullMarked
package dev.taskorder.activities.dispatch;

import org.jspecify.annotations.NullMarked;
