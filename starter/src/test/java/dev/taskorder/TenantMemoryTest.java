package dev.taskorder;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static org.assertj.core.api.Assertions.assertThat;

import com.github.benmanes.caffeine.cache.Cache;
import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaField;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.domain.JavaParameterizedType;
import com.tngtech.archunit.core.domain.JavaType;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import dev.taskorder.activities.tenant.TenantCache;
import dev.taskorder.api.tenant.TenantId;
import dev.taskorder.starter.offenders.ForgetsWhose;
import java.lang.reflect.Field;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Whatever a class remembers by a key: the key is or has a tenant, so that nothing of one is found for another. What else is
 * remembered is on a list, with why it cannot be: who adds to it is asked the same.
 */
class TenantMemoryTest {
    private static final String ONE_LOOK = "of one look or answer, which is of one tenant, and gone with it";
    private static final String ONE_TENANT = "its owner is kept by tenant itself";
    private static final String NO_TENANTS = "what the installation is, the same for all tenants";

    private static final Map<String, String> WITHOUT_TENANT = Map.ofEntries(
            Map.entry(
                    "TenantCache.entries",
                    "its key is its user's, whose field is looked at; whose an entry is, it has to say"),
            Map.entry("TenantCache.misses", "as its entries"),
            Map.entry("Lane.readingTheirRow", ONE_TENANT),
            Map.entry("OfTenant.keys", ONE_TENANT),
            Map.entry("OfTenant.ofActor", ONE_TENANT),
            Map.entry("Purse.ofProject", ONE_LOOK),
            Map.entry("Purse.taken", ONE_LOOK),
            Map.entry("Pool.byCategory", ONE_LOOK),
            Map.entry("Pool.answers", ONE_LOOK),
            Map.entry("Round.lines", ONE_LOOK),
            Map.entry("Round.unservable", ONE_LOOK),
            Map.entry("Round.waiting", ONE_LOOK),
            Map.entry("Obstacles.kinds", ONE_LOOK),
            Map.entry("Line.columns", ONE_LOOK),
            Map.entry("Fields.object", ONE_LOOK),
            Map.entry("Query.parameters", ONE_LOOK),
            Map.entry("Conditions.params", ONE_LOOK),
            Map.entry("Matching.placeOf", ONE_LOOK),
            Map.entry("SettingValues.NUMBERS", NO_TENANTS),
            Map.entry(
                    "RunningAttempt.logContext",
                    "of one attempt, which is of one tenant: the context of its own log lines"),
            Map.entry(
                    "OrderWaits.waiters",
                    "by identity: each waits for its own tenant's order, and is woken by its id alone"),
            Map.entry("EventStreams.open", "by identity: each has its own tenant"),
            Map.entry("Tail.followers", ONE_TENANT),
            Map.entry("EventTail.joining", "by identity, until its tenant's tail is there"),
            Map.entry("ExecutorRoutes.declared", NO_TENANTS),
            Map.entry("AttemptActivity.executors", NO_TENANTS));

    /** Cleared by those who set them: MixedTenantsTest, OneConnectionTest. */
    private static final Set<String> ON_THREADS = Set.of("TenantContext.CURRENT", "TraceContextPropagator.current");

    private static final JavaClasses OURS = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages(
                    "dev.taskorder.api",
                    "dev.taskorder.activities",
                    "dev.taskorder.starter",
                    "dev.taskorder.workflows");

    private final Set<String> excused = new HashSet<>();

    private final ArchRule memory = fields().that(remember()).should(beKeyedByTenant());

    @Test
    void what_is_remembered_is_found_by_tenant_alone() {
        memory.check(OURS);
        assertThat(excused).as("an exception that nobody needs").isEqualTo(WITHOUT_TENANT.keySet());
    }

    @Test
    void caches_are_among_what_was_looked_at() {
        Set<String> caches = new TreeSet<>();
        OURS.stream()
                .flatMap(type -> type.getFields().stream())
                .filter(field -> remember().test(field) && !WITHOUT_TENANT.containsKey(name(field)))
                .forEach(field -> caches.add(name(field)));
        assertThat(caches)
                .contains(
                        "CreateRates.tenants",
                        "JdbcAuditLog.standing",
                        "JdbcOrderIdentities.known",
                        "JdbcPolicies.versions",
                        "JdbcTenants.known",
                        "KeyNotes.noted",
                        "KnownKeys.known",
                        "KnownKeys.proved",
                        "Matcher.lanes",
                        "RefusedCalls.tenants");
    }

    @Test
    void nothing_is_left_on_a_thread_but_what_is_known_to_be_cleared() {
        assertThat(OURS.stream()
                        .flatMap(type -> type.getFields().stream())
                        .filter(field -> field.getRawType().isAssignableTo(ThreadLocal.class))
                        .map(TenantMemoryTest::name))
                .containsExactlyInAnyOrderElementsOf(ON_THREADS);
    }

    @ParameterizedTest
    @ValueSource(
            classes = {
                ForgetsWhose.InAMap.class,
                ForgetsWhose.InACache.class,
                ForgetsWhose.ForEver.class,
                ForgetsWhose.InASet.class
            })
    void an_offender_trips_the_rule(Class<?> offender) {
        assertThat(memory.evaluate(new ClassFileImporter().importClasses(offender))
                        .hasViolation())
                .isTrue();
    }

    private static DescribedPredicate<JavaField> remember() {
        return DescribedPredicate.describe(
                "remember by a key",
                field -> !field.getOwner().isRecord()
                        && !field.getModifiers().contains(JavaModifier.SYNTHETIC)
                        && (isMap(field.getRawType()) || isSharedSet(field))
                        && !isFixed(field));
    }

    private static boolean isMap(JavaClass type) {
        return Stream.of(Map.class, Cache.class, TenantCache.class).anyMatch(type::isAssignableTo);
    }

    /** One that several threads may use. */
    private static boolean isSharedSet(JavaField field) {
        return field.getRawType().isAssignableTo(Set.class)
                && field.getOwner().getMethodCallsFromSelf().stream()
                        .anyMatch(call -> call.getTargetOwner().isEquivalentTo(ConcurrentHashMap.class)
                                && call.getName().equals("newKeySet"));
    }

    /** A table that is written in the code, and that nothing can be put into. */
    private static boolean isFixed(JavaField field) {
        if (!field.getModifiers().containsAll(List.of(JavaModifier.STATIC, JavaModifier.FINAL))) {
            return false;
        }
        try {
            Field constant = field.reflect();
            constant.setAccessible(true);
            return String.valueOf(constant.get(null).getClass().getName())
                    .matches("java\\.util\\.(ImmutableCollections|Collections\\$Unmodifiable).*");
        } catch (IllegalAccessException e) {
            throw new IllegalStateException(e);
        }
    }

    private ArchCondition<JavaField> beKeyedByTenant() {
        return new ArchCondition<>("be keyed by a tenant, or by what has one") {
            @Override
            public void check(JavaField field, ConditionEvents events) {
                if (WITHOUT_TENANT.containsKey(name(field))) {
                    excused.add(name(field));
                } else if (!hasTenant(keyOf(field))) {
                    events.add(SimpleConditionEvent.violated(
                            field, field.getFullName() + " remembers by a key without a tenant"));
                }
            }
        };
    }

    private static boolean hasTenant(JavaClass key) {
        return key.isEquivalentTo(TenantId.class)
                || key.getFields().stream().anyMatch(part -> part.getRawType().isEquivalentTo(TenantId.class));
    }

    private static JavaClass keyOf(JavaField field) {
        JavaType type = field.getType();
        return type instanceof JavaParameterizedType
                ? ((JavaParameterizedType) type).getActualTypeArguments().get(0).toErasure()
                : type.toErasure();
    }

    private static String name(JavaField field) {
        return field.getOwner().getSimpleName() + "." + field.getName();
    }
}
