package dev.taskorder.starter.policy;

import dev.taskorder.starter.web.Shown;
import dev.taskorder.starter.web.TextRule;
import dev.taskorder.starter.web.Violations;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What one value of a policy may be; what breaks it is noted, with bound and actual value. */
@FunctionalInterface
interface Rule {
    void check(@Nullable Object value, String pointer, Violations violations);

    static Rule text(TextRule rule) {
        return (value, pointer, violations) -> {
            if (!(value instanceof String text)) {
                violations.add(pointer, "must be a string, was " + shown(value));
                return;
            }
            String complaint = rule.complaint(text);
            if (complaint != null) {
                violations.add(pointer, complaint);
            }
        };
    }

    static Rule oneOf(Set<String> words) {
        return (value, pointer, violations) -> {
            if (!(value instanceof String text && words.contains(text))) {
                violations.add(pointer, "must be one of " + String.join(", ", words) + ", was " + shown(value));
            }
        };
    }

    static Rule bool() {
        return (value, pointer, violations) -> {
            if (!(value instanceof Boolean)) {
                violations.add(pointer, "must be true or false, was " + shown(value));
            }
        };
    }

    static Rule whole(long min, long max) {
        return number(BigDecimal.valueOf(min), BigDecimal.valueOf(max), 0);
    }

    /** A number within these bounds. */
    static Rule number(BigDecimal min, BigDecimal max, int fractionDigitsMax) {
        String words = (fractionDigitsMax == 0 ? "must be a whole number from " : "must be a number from ")
                + min.toPlainString() + " to " + max.toPlainString()
                + (fractionDigitsMax == 0 ? "" : " with at most " + fractionDigitsMax + " fraction digits");
        return (value, pointer, violations) -> {
            BigDecimal number = value instanceof Number ? new BigDecimal(value.toString()) : null;
            if (number == null
                    || number.compareTo(min) < 0
                    || number.compareTo(max) > 0
                    || number.stripTrailingZeros().scale() > fractionDigitsMax) {
                violations.add(pointer, words + ", was " + shown(value));
            }
        };
    }

    static Rule orNull(Rule rule) {
        return (value, pointer, violations) -> {
            if (value != null) {
                rule.check(value, pointer, violations);
            }
        };
    }

    static Rule list(int itemsMax, Rule item) {
        return (value, pointer, violations) -> {
            if (!(value instanceof List<?> items)) {
                violations.add(pointer, "must be an array, was " + shown(value));
            } else if (items.size() > itemsMax) {
                violations.add(pointer, "must have at most " + itemsMax + " items, has " + items.size());
            } else {
                for (int i = 0; i < items.size(); i++) {
                    item.check(items.get(i), pointer + "/" + i, violations);
                }
            }
        };
    }

    /** An object whose names the caller chooses. */
    static Rule table(int membersMax, TextRule name, Rule member) {
        return (value, pointer, violations) -> {
            if (!(value instanceof Map<?, ?> members)) {
                violations.add(pointer, "must be an object, was " + shown(value));
            } else if (members.size() > membersMax) {
                violations.add(pointer, "must have at most " + membersMax + " members, has " + members.size());
            } else {
                members.forEach((key, one) -> {
                    String at = pointer + Shown.pointerStep(String.valueOf(key));
                    String complaint = name.complaint(String.valueOf(key));
                    if (complaint != null) {
                        violations.add(at, "has a name that " + complaint);
                    }
                    member.check(one, at, violations);
                });
            }
        };
    }

    /** An object with these members and no other. */
    static Rule object(Set<String> required, Map<String, Rule> members) {
        return (value, pointer, violations) -> {
            if (!(value instanceof Map<?, ?> sent)) {
                violations.add(pointer, "must be an object, was " + shown(value));
                return;
            }
            sent.forEach((key, one) -> {
                String name = String.valueOf(key);
                String at = pointer + Shown.pointerStep(name);
                Rule rule = members.get(name);
                if (rule == null) {
                    violations.add(at, "is not a known field");
                } else {
                    rule.check(one, at, violations);
                }
            });
            required.stream()
                    .filter(name -> !sent.containsKey(name))
                    .sorted()
                    .forEach(name -> violations.add(pointer + "/" + name, "is required"));
        };
    }

    private static String shown(@Nullable Object value) {
        if (value instanceof Map) {
            return "an object";
        }
        if (value instanceof List) {
            return "an array";
        }
        return value instanceof String text ? Shown.of(text) : String.valueOf(value);
    }
}
