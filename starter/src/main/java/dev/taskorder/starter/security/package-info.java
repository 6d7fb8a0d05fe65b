/** Who calls: keys and tokens, what each role may do, and the first operator. */
@NullMarked
package dev.taskorder.starter.security;

import org.jspecify.annotations.NullMarked;
