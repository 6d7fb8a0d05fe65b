/** JSON columns to and from maps and records. */
@NullMarked
package dev.taskorder.activities.json;

import org.jspecify.annotations.NullMarked;
