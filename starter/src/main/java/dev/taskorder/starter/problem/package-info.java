/** Errors as callers see them: problem documents after RFC 9457, from a closed list of codes. */
@NullMarked
package dev.taskorder.starter.problem;

import org.jspecify.annotations.NullMarked;
