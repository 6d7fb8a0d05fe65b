/** The OpenAPI document: written by hand beside the code, served by springdoc. */
@NullMarked
package dev.taskorder.starter.openapi;

import org.jspecify.annotations.NullMarked;
