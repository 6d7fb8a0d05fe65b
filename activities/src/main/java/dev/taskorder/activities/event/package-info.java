/** Events and timelines. */
@NullMarked
package dev.taskorder.activities.event;

import org.jspecify.annotations.NullMarked;
