/** What is checked before the application starts, and how a refusal to start is told. */
@NullMarked
package dev.taskorder.starter.startup;

import org.jspecify.annotations.NullMarked;
