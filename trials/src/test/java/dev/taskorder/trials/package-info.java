@NullMarked
package dev.taskorder.trials;

import org.jspecify.annotations.NullMarked;
