/** The demo: a caller that sends orders over HTTP and shows what becomes of them. */
@NullMarked
package dev.taskorder.starter.demo;

import org.jspecify.annotations.NullMarked;
