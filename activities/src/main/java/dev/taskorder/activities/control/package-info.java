/** Pauses: who may claim nothing for now, and who said so. */
@NullMarked
package dev.taskorder.activities.control;

import org.jspecify.annotations.NullMarked;
