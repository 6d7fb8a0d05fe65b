package dev.taskorder.api.ledger;

import java.util.List;

/** What a summary came to. */
public sealed interface Summary {
    /** All groups, sorted by their keys, one per currency. */
    record Groups(List<SummaryGroup> items) implements Summary {
        public Groups {
            items = List.copyOf(items);
        }
    }

    /** There are more groups than are told at once. */
    record TooMany(int groupsMax) implements Summary {}
}
