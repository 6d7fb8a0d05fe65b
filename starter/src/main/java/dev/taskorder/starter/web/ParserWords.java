package dev.taskorder.starter.web;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.core.exc.StreamConstraintsException;
import tools.jackson.core.exc.StreamReadException;
import tools.jackson.core.exc.UnexpectedEndOfInputException;

/**
 * Why the parser gave up, in words for callers. Its own name switches of the parser and classes, so what is known of
 * them is said anew, and of the rest nothing.
 */
final class ParserWords {
    private static final Pattern CHARACTER =
            Pattern.compile("Unexpected character \\('(.)' \\(code .*", Pattern.DOTALL);
    private static final Pattern WORD =
            Pattern.compile("(?:Unrecognized|Non-standard) token '([^']*)'.*", Pattern.DOTALL);

    /** What its limits were compared with: the first number in brackets. */
    private static final Pattern VALUE = Pattern.compile("\\(([0-9]{1,9})\\)");

    private ParserWords() {}

    /** What is wrong with the syntax. */
    static String reason(StreamReadException e) {
        if (e instanceof UnexpectedEndOfInputException) {
            return "it ends too early";
        }
        String words = String.valueOf(e.getOriginalMessage());
        Matcher character = CHARACTER.matcher(words);
        if (character.matches()) {
            return "the character " + Shown.of(character.group(1)) + " cannot stand here";
        }
        Matcher word = WORD.matcher(words);
        if (word.matches()) {
            return "the word " + Shown.of(word.group(1)) + " means nothing";
        }
        if (words.startsWith("Unexpected close marker")) {
            return "a bracket is closed that is not the last one opened";
        }
        if (words.startsWith("Illegal unquoted character")) {
            return "a control character in a string must be escaped";
        }
        if (words.startsWith("Unrecognized character escape")) {
            return "there is no such escape";
        }
        if (words.startsWith("Invalid numeric value")) {
            return "a number is not written as JSON writes it";
        }
        if (words.contains("surrogate")) {
            return "a name holds half of a surrogate pair";
        }
        return words.startsWith("Invalid UTF-8") ? "it is not UTF-8" : "the syntax is wrong";
    }

    /** Which of the parser's limits was passed, and by what. */
    static String limit(StreamConstraintsException e) {
        String words = String.valueOf(e.getOriginalMessage());
        Matcher value = VALUE.matcher(words);
        int actual = value.find() ? Integer.parseInt(value.group(1)) : 0;
        if (words.contains("nesting depth")) {
            return Hygiene.tooDeep(actual);
        }
        if (words.startsWith("Number")) {
            return "holds a number of more than " + Json.NUMBER_CHARS_MAX + " digits, has " + actual;
        }
        if (words.startsWith("Name")) {
            return "holds a name of more than " + Json.NAME_BYTES_MAX + " bytes, has " + actual;
        }
        return words.startsWith("BigDecimal") ? Hygiene.TOO_LARGE_NUMBER : "holds a value that is too long";
    }
}
