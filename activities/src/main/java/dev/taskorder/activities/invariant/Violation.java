package dev.taskorder.activities.invariant;

/**
 * Something that must never be so.
 *
 * @param objectType {@code task_order} or {@code asset}: whose timeline tells of it
 * @param detail in words, with ids
 */
public record Violation(Invariant invariant, String env, String objectType, String objectId, String detail) {}
