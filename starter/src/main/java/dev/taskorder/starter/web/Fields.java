package dev.taskorder.starter.web;

import dev.taskorder.api.order.Limits;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The members of one JSON object, read one by one. What is wrong is noted and reading goes on with a harmless stand-in,
 * so a caller learns of everything at once; {@link Violations#refuseIfAny} comes before any of it is used.
 */
public final class Fields {
    private static final TextRule ATTRIBUTE = new TextRule(null, 0, 255, "must have at most 255 characters");
    private static final TextRule ATTRIBUTE_NAME = new TextRule(null, 1, 128, "must have 1 to 128 characters");
    private static final int SCORE_FRACTION_DIGITS_MAX = 3;

    private final ObjectNode node;
    private final String pointer;
    private final Violations violations;

    private Fields(ObjectNode node, String pointer, Violations violations) {
        this.node = node;
        this.pointer = pointer;
        this.violations = violations;
    }

    /**
     * The members of a body.
     *
     * @throws dev.taskorder.starter.problem.ProblemException at once if it holds what cannot be kept: such a value is
     *     not even safe to measure
     */
    public static Fields ofBody(ObjectNode body, Violations violations) {
        Hygiene.check(body, violations);
        violations.refuseIfAny();
        return new Fields(body, "", violations);
    }

    /** The members of a batch, whose items are looked at one by one. */
    static Fields ofBatch(ObjectNode body, Violations violations) {
        return new Fields(body, "", violations);
    }

    /** Notes every member that is none of these; one that is ours to set is told so. */
    public void allowOnly(Set<String> known, Predicate<String> isOurs) {
        for (String name : node.propertyNames()) {
            if (!known.contains(name) && !violations.isFull()) {
                note(name, isOurs.test(name) ? "is set by the server and cannot be sent" : "is not a known field");
            }
        }
    }

    /** Notes something about a member. */
    public void note(String name, String message) {
        violations.add(pointer + Shown.pointerStep(name), message);
    }

    /** Whether the member is there; {@code null} counts as absent. */
    public boolean has(String name) {
        return optional(name) != null;
    }

    /** Whether the member is there, be it {@code null}. */
    public boolean isSent(String name) {
        return node.has(name);
    }

    /** A text that must be there. */
    public String text(String name, TextRule rule) {
        JsonNode value = required(name);
        String text = value == null ? null : checkedText(name, value, rule);
        return text == null ? "" : text;
    }

    /** A text; this one if it is absent. */
    public String textOr(String name, TextRule rule, String ifAbsent) {
        JsonNode value = node.get(name);
        String text = value == null ? null : checkedText(name, value, rule);
        return text == null ? ifAbsent : text;
    }

    /** A text; null if it is absent or {@code null}. */
    public @Nullable String optionalText(String name, TextRule rule) {
        JsonNode value = optional(name);
        return value == null ? null : checkedText(name, value, rule);
    }

    /** A UUID; null if it is absent or {@code null}. */
    public @Nullable UUID optionalUuid(String name) {
        JsonNode value = optional(name);
        if (value == null) {
            return null;
        }
        UUID uuid = value.isString() ? PathIds.uuidOrNull(value.stringValue()) : null;
        if (uuid == null) {
            note(name, "must be a UUID, was " + Shown.of(value));
        }
        return uuid;
    }

    /** A point in time with its offset, from 1970 to {@code max}; null if it is absent or {@code null}. */
    public @Nullable Instant optionalTime(String name, Instant max) {
        JsonNode value = optional(name);
        if (value == null) {
            return null;
        }
        Instant time = value.isString() ? Times.orNull(value.stringValue()) : null;
        String complaint = Times.complaint(time, max);
        if (complaint != null) {
            note(name, complaint + ", was " + Shown.of(value));
        }
        return time;
    }

    /** A whole number from {@code min} to {@code max}; 50.0 is one. */
    public long integer(String name, long min, long max, long ifAbsent) {
        JsonNode value = node.get(name);
        if (value == null) {
            return ifAbsent;
        }
        String rule = "must be a whole number from " + min + " to " + max;
        BigDecimal number = numberOf(name, value, rule);
        if (number == null) {
            return ifAbsent;
        }
        // compared first: only a number within the bounds is small enough to be written out digit by digit
        if (number.compareTo(BigDecimal.valueOf(min)) < 0
                || number.compareTo(BigDecimal.valueOf(max)) > 0
                || number.stripTrailingZeros().scale() > 0) {
            note(name, rule + ", was " + Shown.of(value));
            return ifAbsent;
        }
        return number.longValueExact();
    }

    /** A whole number from {@code min} to {@code max} that must be there. */
    public long requiredInteger(String name, long min, long max) {
        return required(name) == null ? min : integer(name, min, max, min);
    }

    /** An amount of money that must be there. */
    public BigDecimal amount(String name) {
        BigDecimal amount = required(name) == null ? null : optionalAmount(name);
        return amount == null ? BigDecimal.ZERO : amount;
    }

    /** An amount of money above 0 that must be there. */
    public BigDecimal positiveAmount(String name) {
        BigDecimal amount = required(name) == null
                ? null
                : decimal(name, false, Limits.AMOUNT_MAX, Limits.AMOUNT_FRACTION_DIGITS_MAX);
        return amount == null ? BigDecimal.ZERO : amount;
    }

    /** An amount of money; null if it is absent or {@code null}. */
    public @Nullable BigDecimal optionalAmount(String name) {
        return decimal(name, true, Limits.AMOUNT_MAX, Limits.AMOUNT_FRACTION_DIGITS_MAX);
    }

    /** A score from 0 to {@code max}, with at most 3 fraction digits; null if it is absent or {@code null}. */
    public @Nullable BigDecimal optionalNumber(String name, int max) {
        return decimal(name, true, BigDecimal.valueOf(max), SCORE_FRACTION_DIGITS_MAX);
    }

    private @Nullable BigDecimal decimal(String name, boolean zeroToo, BigDecimal max, int fractionDigitsMax) {
        JsonNode value = optional(name);
        if (value == null) {
            return null;
        }
        String rule = "must be a number " + (zeroToo ? "from 0 to " : "above 0 up to ") + max.toPlainString()
                + " with at most " + fractionDigitsMax + " fraction digits";
        BigDecimal number = numberOf(name, value, rule);
        if (number == null
                || (number.signum() >= (zeroToo ? 0 : 1)
                        && number.compareTo(max) <= 0
                        && number.stripTrailingZeros().scale() <= fractionDigitsMax)) {
            return number;
        }
        note(name, rule + ", was " + Shown.of(value));
        return null;
    }

    /** Notes the member unless it is absent or a string. */
    public void checkString(String name) {
        JsonNode value = node.get(name);
        if (value != null && !value.isString()) {
            note(name, "must be a string, was " + Shown.of(value));
        }
    }

    /** Notes the member unless it is absent or a number from 0 to {@code max}. */
    public void checkNumber(String name, int max) {
        JsonNode value = node.get(name);
        if (value != null && value.isNull()) {
            note(name, "must be a number from 0 to " + max + ", was null");
        }
        optionalNumber(name, max);
    }

    /** Notes the member unless it is absent or one of these words. */
    public void checkChoice(String name, Set<String> choices) {
        JsonNode value = node.get(name);
        if (value != null && value.isNull()) {
            note(name, "must be one of " + String.join(", ", choices) + ", was null");
        }
        optionalChoice(name, choices);
    }

    /** Notes the member unless it is absent, {@code null}, a number, true, false or a text of at most 255 characters. */
    public void checkScalar(String name) {
        JsonNode value = optional(name);
        if (value != null) {
            flatValue(name, value);
        }
    }

    /** Notes the member unless it is absent, true or false. */
    public void checkBoolean(String name) {
        JsonNode value = node.get(name);
        if (value != null && !value.isBoolean()) {
            note(name, "must be true or false, was " + Shown.of(value));
        }
    }

    /** One of these words, which must be there. */
    public String choice(String name, Set<String> choices) {
        String choice = required(name) == null ? null : optionalChoice(name, choices);
        return choice == null ? choices.iterator().next() : choice;
    }

    /** One of these words; null if it is absent or {@code null}. */
    public @Nullable String optionalChoice(String name, Set<String> choices) {
        JsonNode value = optional(name);
        if (value == null) {
            return null;
        }
        if (value.isString() && choices.contains(value.stringValue())) {
            return value.stringValue();
        }
        note(name, "must be one of " + String.join(", ", choices) + ", was " + Shown.of(value));
        return null;
    }

    /** Distinct texts in their order; none if absent. */
    public List<String> texts(String name, TextRule rule, int itemsMax) {
        JsonNode array = array(name, itemsMax);
        Set<String> texts = new LinkedHashSet<>();
        for (int i = 0; i < array.size(); i++) {
            String step = name + "/" + i;
            String text = checkedText(step, array.get(i), rule);
            if (text != null && !texts.add(text)) {
                noteAt(step, "is there twice: " + Shown.of(text));
            }
        }
        return List.copyOf(texts);
    }

    /** The objects of an array; none if absent. */
    public List<Fields> objects(String name, int itemsMax) {
        JsonNode array = array(name, itemsMax);
        List<Fields> objects = new ArrayList<>(array.size());
        for (int i = 0; i < array.size(); i++) {
            String step = name + "/" + i;
            if (array.get(i) instanceof ObjectNode object) {
                objects.add(new Fields(object, pointer + "/" + step, violations));
            } else {
                noteAt(step, "must be an object, was " + Shown.of(array.get(i)));
            }
        }
        return objects;
    }

    /** The items of an array that must be there, whatever they are. */
    public List<JsonNode> items(String name, int itemsMax) {
        List<JsonNode> items = new ArrayList<>();
        if (required(name) != null) {
            array(name, itemsMax).forEach(items::add);
        }
        return items;
    }

    /** The members of an object; an empty one if it is absent. */
    public Fields object(String name) {
        JsonNode value = node.get(name);
        if (value instanceof ObjectNode object) {
            return new Fields(object, pointer + "/" + name, violations);
        }
        if (value != null) {
            note(name, "must be an object, was " + Shown.of(value));
        }
        return new Fields(Json.MAPPER.createObjectNode(), pointer + "/" + name, violations);
    }

    /** Notes the object itself if it is larger than this when written without blanks. */
    public Fields withinBytes(int bytesMax) {
        int bytes = JsonBody.sizeOf(node);
        if (bytes > bytesMax) {
            violations.add(pointer, "must have at most " + bytesMax + " bytes, has " + bytes);
        }
        return this;
    }

    /** All members as plain values. */
    public Map<String, @Nullable Object> asMap() {
        return Plain.object(node);
    }

    /** All members as plain values, where each must be a string, a number or a boolean. */
    public Map<String, Object> asFlatMap(int membersMax) {
        if (node.size() > membersMax) {
            violations.add(pointer, "must have at most " + membersMax + " members, has " + node.size());
            return Map.of();
        }
        Map<String, Object> flat = new LinkedHashMap<>();
        node.properties().forEach(member -> {
            Object value = flatValue(member.getKey(), member.getValue());
            if (value != null) {
                flat.put(member.getKey(), value);
            }
        });
        return flat;
    }

    private @Nullable Object flatValue(String name, JsonNode value) {
        String complaint = ATTRIBUTE_NAME.complaint(name);
        if (complaint != null) {
            note(name, "has a name that " + complaint);
        }
        if (value.isString()) {
            return checkedText(name, value, ATTRIBUTE);
        }
        if (value.isNumber() || value.isBoolean()) {
            return Plain.of(value);
        }
        note(name, "must be a string, a number or a boolean, was " + Shown.of(value));
        return null;
    }

    private JsonNode array(String name, int itemsMax) {
        JsonNode value = node.get(name);
        if (value != null && !value.isArray()) {
            note(name, "must be an array, was " + Shown.of(value));
        } else if (value != null && value.size() > itemsMax) {
            note(name, "must have at most " + itemsMax + " items, has " + value.size());
        } else if (value != null) {
            return value;
        }
        return Json.MAPPER.createArrayNode();
    }

    private @Nullable JsonNode required(String name) {
        JsonNode value = optional(name);
        if (value == null) {
            note(name, "is required");
        }
        return value;
    }

    private @Nullable JsonNode optional(String name) {
        JsonNode value = node.get(name);
        return value == null || value.isNull() ? null : value;
    }

    private @Nullable String checkedText(String step, JsonNode value, TextRule rule) {
        if (!value.isString()) {
            noteAt(step, "must be a string, was " + Shown.of(value));
            return null;
        }
        String complaint = rule.complaint(value.stringValue());
        if (complaint != null) {
            noteAt(step, complaint);
            return null;
        }
        return value.stringValue();
    }

    private @Nullable BigDecimal numberOf(String name, JsonNode value, String rule) {
        if (value.isNumber()) {
            return value.decimalValue();
        }
        note(name, rule + ", was " + Shown.of(value));
        return null;
    }

    private void noteAt(String steps, String message) {
        violations.add(pointer + "/" + steps, message);
    }
}
