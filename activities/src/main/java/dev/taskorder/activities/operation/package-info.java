/** What is asked for of many orders at once: which they are, and how far it is. */
@NullMarked
package dev.taskorder.activities.operation;

import org.jspecify.annotations.NullMarked;
