package dev.taskorder.starter.web;

import dev.taskorder.starter.problem.ProblemCode;
import dev.taskorder.starter.problem.ProblemException;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Ids in paths. */
public final class PathIds {
    /** {@code UUID.fromString} also takes 1-1-1-1-1, which no id of ours looks like. */
    private static final Pattern UUID_SHAPE =
            Pattern.compile("[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}");

    private PathIds() {}

    /**
     * The UUID that the path names.
     *
     * @throws ProblemException if the text is not one
     */
    public static UUID uuid(String name, String text) {
        UUID uuid = uuidOrNull(text);
        if (uuid == null) {
            throw new ProblemException(
                    ProblemCode.INVALID_REQUEST, "/" + name, "must be a UUID, was " + Shown.of(text));
        }
        return uuid;
    }

    /**
     * The text that the path names.
     *
     * @throws ProblemException if it breaks the rule
     */
    public static String text(String name, String text, TextRule rule) {
        String complaint = rule.complaint(text);
        if (complaint != null) {
            throw new ProblemException(ProblemCode.INVALID_REQUEST, "/" + name, complaint);
        }
        return text;
    }

    static @Nullable UUID uuidOrNull(String text) {
        return UUID_SHAPE.matcher(text).matches() ? UUID.fromString(text) : null;
    }
}
