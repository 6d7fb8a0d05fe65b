@NullMarked
package dev.taskorder.starter.metrics;

import org.jspecify.annotations.NullMarked;
