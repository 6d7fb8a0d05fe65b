/** How requests are read and answers written: one JSON dialect, one way to say what is wrong, pages and traces. */
@NullMarked
package dev.taskorder.starter.web;

import org.jspecify.annotations.NullMarked;
