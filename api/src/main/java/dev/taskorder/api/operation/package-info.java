/** What is asked for of many orders at once. */
@NullMarked
package dev.taskorder.api.operation;

import org.jspecify.annotations.NullMarked;
