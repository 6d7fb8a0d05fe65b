package dev.taskorder.api.page;

/** The cursor is none that this list of this tenant gave out. */
public final class BadCursorException extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    public BadCursorException() {
        super("cursor must be the next_cursor of an earlier page of the same list");
    }
}
