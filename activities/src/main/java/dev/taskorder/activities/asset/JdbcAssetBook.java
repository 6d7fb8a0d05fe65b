package dev.taskorder.activities.asset;

import dev.taskorder.activities.asset.AssetNews.Source;
import dev.taskorder.activities.asset.ConditionTable.Locked;
import dev.taskorder.activities.asset.ConditionTable.NewEvent;
import dev.taskorder.activities.policy.PolicyVersions;
import dev.taskorder.api.policy.Policy.AssetHealth;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** What orders tell of assets. */
final class JdbcAssetBook implements AssetBook {
    private final ConditionTable conditions;
    private final Consequences consequences;
    private final PolicyVersions policies;

    JdbcAssetBook(ConditionTable conditions, Consequences consequences, PolicyVersions policies) {
        this.conditions = conditions;
        this.consequences = consequences;
        this.policies = policies;
    }

    @Override
    public void tell(AssetNews news) {
        write(news);
    }

    @Override
    public void tellAndMatch(AssetNews news) {
        consequences.matchSoon(write(news));
    }

    private List<Change> write(AssetNews news) {
        if (news.isEmpty()) {
            return List.of();
        }
        AssetHealth rules = policies.version(news.policyVersion()).assetHealth();
        Set<String> assets = new TreeSet<>(news.used());
        List<NewEvent> events = new ArrayList<>();
        for (AssetNews.Outcome outcome : news.outcomes()) {
            assets.add(outcome.assetId());
            events.add(newEvent(news, outcome, rules));
        }
        List<Change> changes = conditions.keepAndLock(assets, events).stream()
                .map(asset -> change(asset, news, rules))
                .toList();
        consequences.write(changes, news.actor());
        return changes;
    }

    private static Change change(Locked asset, AssetNews news, AssetHealth rules) {
        Condition condition = asset.condition();
        List<Change.Told> told = new ArrayList<>();
        for (AssetNews.Outcome one : news.outcomes()) {
            if (one.assetId().equals(asset.assetId()) && asset.kept().contains(one.eventId())) {
                Outcome outcome = outcomeOf(one, rules);
                told.add(new Change.Told(one.eventId(), one.eventType(), outcome));
                condition = one.source() == Source.END
                        ? condition.afterEnd(outcome, asset.now(), rules)
                        : condition.after(outcome, asset.now(), asset.now(), rules);
            }
        }
        return new Change(asset, condition.used(Collections.frequency(news.used(), asset.assetId())), told);
    }

    private static Outcome outcomeOf(AssetNews.Outcome told, AssetHealth rules) {
        return told.source() == Source.END
                ? Outcome.ofEnd(told.eventType(), rules)
                : Outcome.of(told.eventType(), rules);
    }

    private static NewEvent newEvent(AssetNews news, AssetNews.Outcome told, AssetHealth rules) {
        return new NewEvent(
                told.eventId(),
                told.assetId(),
                news.taskId(),
                told.leaseId(),
                told.eventType(),
                told.payload(),
                null,
                outcomeOf(told, rules),
                told.source() == Source.END ? Condition.WEIGHT_OF_AN_END : 1);
    }
}
