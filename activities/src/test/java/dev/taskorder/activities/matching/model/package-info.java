/**
 * The matcher's rules once more, from design.md §4 and the specification and not from the code: plain, slow, and knowing
 * nothing of lines, heads or indexes. What the matcher decides is compared with it.
 */
@NullMarked
package dev.taskorder.activities.matching.model;

import org.jspecify.annotations.NullMarked;
