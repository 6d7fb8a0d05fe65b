/** Local mode: a database and a Temporal of our own, so that one command is enough (design.md §8). */
@NullMarked
package dev.taskorder.starter.local;

import org.jspecify.annotations.NullMarked;
