package dev.taskorder.api.page;

/** The cursor is none that this list of this tenant gave out, or not under this filter. */
public final class BadCursorException extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;
    private static final String AGAIN = "ask for the first page again";

    private final String remedy;

    private BadCursorException(String rule, String remedy) {
        super(rule);
        this.remedy = remedy;
    }

    /** It is no cursor, or of another tenant or list. */
    public static BadCursorException notOfThisList() {
        return new BadCursorException("must be the next_cursor of an earlier page of the same list", AGAIN);
    }

    /** It goes on with a page that was asked for with other parameters. */
    public static BadCursorException underAnotherFilter() {
        return new BadCursorException(
                "must come with the path and the filter of the page that it was in", "send those with it, or " + AGAIN);
    }

    /** What the caller can do. */
    public String remedy() {
        return remedy;
    }
}
