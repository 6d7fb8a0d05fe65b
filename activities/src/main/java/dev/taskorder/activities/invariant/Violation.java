package dev.taskorder.activities.invariant;

/**
 * Something that must never be so.
 *
 * @param objectType {@code task_order}, {@code asset} or {@code budget}; there is an event of it
 * @param detail in words, with ids
 */
public record Violation(Invariant invariant, String env, String objectType, String objectId, String detail) {}
