package dev.taskorder.starter.isolation;

import dev.taskorder.starter.isolation.Question.Asked;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

/** What a caller gets to see of another tenant. */
final class Sight {
    /** No more of what was sent is shown in an answer. */
    private static final int SHOWN = 64;

    /** Of every answer its own, and nobody's secret. */
    private static final Set<String> OF_EACH_ANSWER = Set.of("date", "ratelimit");

    private final Belongings theirs;
    private final Set<String> theirIds;
    /** What callers have ever sent may be in their own rows since, and so in any later answer. */
    private final Set<String> echoes = ConcurrentHashMap.newKeySet();

    Sight(Belongings theirs, Set<String> theirIds) {
        this.theirs = theirs;
        this.theirIds = theirIds;
    }

    /** What there is of the other tenant in an answer; empty for nothing. */
    String leakIn(Asked asked) {
        asked.values().values().stream()
                .filter(value -> value.contains(theirs.mark) || theirIds.contains(value))
                .forEach(echoes::add);
        String seen = headers(asked) + asked.answer().text();
        for (String echo : echoes) {
            seen = seen.replace(echo, "");
        }
        for (String mark : new String[] {theirs.secret, theirs.mark}) {
            if (seen.contains(mark)) {
                return mark;
            }
        }
        for (String id : theirIds) {
            if (seen.contains(id)) {
                return id;
            }
        }
        return "";
    }

    /** All of an answer that does not differ between two calls that are alike. */
    static String plain(Asked asked) {
        String seen =
                asked.answer().status() + "\n" + headers(asked) + asked.answer().text();
        for (Map.Entry<String, String> sent : asked.values().entrySet()) {
            String value = sent.getValue();
            if (value.length() > SHOWN) {
                seen = seen.replace(value.substring(0, SHOWN), "{" + sent.getKey() + "}");
            }
            // what is as short as this is a number, and stands for other things too
            seen = value.length() > 3 ? seen.replace(value, "{" + sent.getKey() + "}") : seen;
        }
        seen = seen.replaceAll("\"trace_id\":\"[0-9a-f]{32}\"", "");
        return asked.answer().status() < 300 ? withoutNews(seen) : seen;
    }

    /** What was just made has names and times of its own. */
    private static String withoutNews(String seen) {
        return seen.replaceAll("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", "{uuid}")
                .replaceAll("\\d{4}-\\d\\d-\\d\\dT[0-9:.]+Z", "{time}")
                .replaceAll("\"last_used_at\":(null|\"[^\"]*\")", "")
                .replaceAll("\"(key_id|key|prefix|secret)\":\"[^\"]*\"", "")
                .replaceAll("\"task_version\":[0-9]+", "")
                .replaceAll("(?m)^etag: .*$", "")
                .replaceAll("(?m)^content-length: .*$", "");
    }

    private static String headers(Asked asked) {
        StringBuilder text = new StringBuilder();
        new TreeMap<>(asked.answer().response().headers().map()).forEach((name, values) -> {
            if (!OF_EACH_ANSWER.contains(name.toLowerCase(Locale.ROOT))) {
                text.append(name).append(": ").append(values).append('\n');
            }
        });
        return text.toString();
    }
}
