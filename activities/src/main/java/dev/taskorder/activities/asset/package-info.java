/** Assets and their slots. */
@NullMarked
package dev.taskorder.activities.asset;

import org.jspecify.annotations.NullMarked;
