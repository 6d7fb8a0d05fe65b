package dev.taskorder.activities.lease;

/**
 * For whom the slots of an ended order are kept.
 *
 * @param key the next order of this key gets the same assets
 * @param ttlSeconds for how long, at least 1
 */
public record Retention(String key, long ttlSeconds) {}
