/** Assets over HTTP. */
@NullMarked
package dev.taskorder.starter.asset;

import org.jspecify.annotations.NullMarked;
