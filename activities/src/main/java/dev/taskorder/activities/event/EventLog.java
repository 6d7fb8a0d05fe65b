package dev.taskorder.activities.event;

import java.util.List;

/** Writes events in the transaction of the change they tell of. */
public interface EventLog {
    /** Appends the events in the order given; the caller holds the row lock of the objects they speak of. */
    void append(List<NewEvent> events);
}
