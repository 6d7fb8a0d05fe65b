/** The audit log over HTTP: the one place that writes down what calls change, and the list of it. */
@NullMarked
package dev.taskorder.starter.audit;

import org.jspecify.annotations.NullMarked;
