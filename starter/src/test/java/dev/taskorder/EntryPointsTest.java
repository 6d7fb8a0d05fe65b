package dev.taskorder;

import static com.tngtech.archunit.core.domain.JavaCall.Predicates.target;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.assignableTo;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.nameMatching;
import static com.tngtech.archunit.core.domain.properties.HasOwner.Predicates.With.owner;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.methods;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noMethods;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaCall;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaMethod;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import dev.taskorder.activities.tenant.TenantBinder;
import dev.taskorder.activities.thread.LookLoop;
import dev.taskorder.activities.thread.OwnThreads;
import dev.taskorder.api.tenant.TenantId;
import dev.taskorder.starter.tenant.BackgroundRunner;
import dev.taskorder.starter.tenant.TenantContextPropagator;
import io.temporal.activity.ActivityInterface;
import io.temporal.activity.DynamicActivity;
import io.temporal.client.WorkflowClient;
import io.temporal.worker.Worker;
import io.temporal.worker.WorkerFactory;
import io.temporal.workflow.QueryMethod;
import io.temporal.workflow.SignalMethod;
import io.temporal.workflow.UpdateMethod;
import io.temporal.workflow.WorkflowInterface;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.Timer;
import java.util.TreeSet;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.boot.ApplicationRunner;
import org.springframework.boot.CommandLineRunner;
import org.springframework.boot.webmvc.error.ErrorController;
import org.springframework.context.Lifecycle;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.RequestMapping;

/**
 * Every way in, found by looking at all classes. There are three entries, and each has one place that binds and checks the
 * tenant: requests, activities, and what runs in the background. What goes past one of them fails here; what is new at one
 * is added to its list, which is the moment to ask whose tenant it has.
 */
@AnalyzeClasses(packages = "dev.taskorder", importOptions = ImportOption.DoNotIncludeTests.class)
class EntryPointsTest {
    /** Who has threads of their own, and who of us binds a tenant on them: nobody, where nothing is done for one. */
    private static final Map<String, Set<String>> BACKGROUND = Map.ofEntries(
            Map.entry("CoolDownTimers", Set.of("CoolDownTimers")),
            Map.entry("Timers", Set.of("Reports")),
            Map.entry("MaintenanceLoop", Set.of("Chores")),
            Map.entry("RelayLoop", Set.of("RelayLoop")),
            Map.entry("FollowUpLoop", Set.of("FollowUpLoop")),
            Map.entry("OrderWaits", Set.of("OrderWaits")),
            Map.entry("EventTail", Set.of("EventTail")),
            Map.entry("WebhookLoop", Set.of("WebhookLoop")),
            Map.entry("WebhookCalls", Set.of()), // makes calls, of what it was given
            Map.entry("WebhookSenderConfiguration", Set.of()), // ends calls
            Map.entry("Dispatcher", Set.of("Dispatcher", "Courier", "Outcomes")),
            Map.entry("SecurityConfiguration", Set.of("KnownKeys", "KeyNotes")),
            Map.entry("RunningAttempts", Set.of()), // tells Temporal of attempts that it gives up
            Map.entry("SyntheticMonitorExecutor", Set.of()), // asks an address
            Map.entry("PostgresChanges", Set.of()), // clears caches
            Map.entry("Calls", Set.of()), // ends calls
            Map.entry("TemporalGate", Set.of()), // asks for the namespace
            Map.entry("Workers", Set.of()), // waits for the end
            Map.entry("LocalServers", Set.of()), // starts servers
            Map.entry("Demo", Set.of()), // a caller over HTTP
            Map.entry("Stopping", Set.of())); // never runs

    /** What the application begins by itself: on a thread of the list above, or with the main one, which has no tenant. */
    private static final Set<String> BEGUN = Set.of(
            "PostgresChanges",
            "OrderWaits",
            "EventStreams",
            "TemporalGate",
            "Workers",
            "Dispatcher",
            "MaintenanceLoop",
            "RelayLoop",
            "WebhookLoop",
            "FollowUpLoop",
            "LocalSeed",
            "FirstOperator");

    /** Who binds on the main thread, before anything is served. */
    private static final Set<String> ON_THE_MAIN_THREAD = Set.of("LocalSeed", "FirstOperator");

    @ArchTest
    static final ArchRule threads_are_made_in_one_place = noClasses()
            .that()
            .doNotHaveFullyQualifiedName(OwnThreads.class.getName())
            .should()
            .callConstructorWhere(target(owner(
                    assignableTo(Thread.class).or(assignableTo(Timer.class)).or(assignableTo(ForkJoinPool.class)))))
            .orShould()
            .callConstructorWhere(
                    target(owner(assignableTo(ThreadPoolExecutor.class))).and(hasNoParameter(ThreadFactory.class)))
            .orShould()
            .callMethodWhere(target(owner(assignableTo(Executors.class)))
                    .and(target(nameMatching("new.*")))
                    .and(hasNoParameter(ThreadFactory.class)))
            .orShould()
            .callMethodWhere(target(owner(assignableTo(CompletionStage.class)))
                    .and(target(nameMatching(".*Async")))
                    .and(hasNoParameter(Executor.class)))
            .orShould()
            .callMethodWhere(target(nameMatching("parallel|parallelStream")))
            .because("OwnThreads makes them, so that whoever works on one is known");

    @ArchTest
    static final ArchRule nothing_begins_by_annotation = noMethods()
            .should()
            .beAnnotatedWith("org.springframework.scheduling.annotation.Scheduled")
            .orShould()
            .beAnnotatedWith("org.springframework.scheduling.annotation.Async")
            .orShould()
            .beAnnotatedWith("org.springframework.context.event.EventListener")
            .orShould()
            .beAnnotatedWith("org.springframework.transaction.event.TransactionalEventListener")
            .orShould()
            .beAnnotatedWith("jakarta.annotation.PostConstruct")
            .because(
                    "it would run on a thread that nobody bound a tenant to, and be in none of the lists of this class");

    @ArchTest
    static final ArchRule only_the_sdk_binds_by_a_header = noClasses()
            .should()
            .callMethod(TenantContextPropagator.class, "setCurrentContext", Object.class)
            .because("what a header names counts only where the activity's entry has compared it");

    @ArchTest
    static final ArchRule signals_and_queries_name_no_tenant = methods()
            .that()
            .areAnnotatedWith(SignalMethod.class)
            .or()
            .areAnnotatedWith(QueryMethod.class)
            .or()
            .areAnnotatedWith(UpdateMethod.class)
            .should(takeNothingWithATenant())
            .because(
                    "they come from anybody who reaches Temporal: what they cause is a step of the order's own workflow,"
                            + " which the activity's entry checks");

    @ArchTest
    static void who_works_on_threads_of_their_own_is_known(JavaClasses all) {
        Set<String> makers = names(Stream.of(OwnThreads.class, LookLoop.class)
                .flatMap(maker -> all.get(maker).getDirectDependenciesToSelf().stream())
                .map(dependency -> dependency.getOriginClass()));
        makers.removeAll(Set.of("OwnThreads", "LookLoop", "Pace"));
        assertThat(makers)
                .as("who makes threads: name whoever binds the tenant there, in BACKGROUND")
                .isEqualTo(new TreeSet<>(BACKGROUND.keySet()));
    }

    @ArchTest
    static void who_binds_a_tenant_in_the_background_is_known(JavaClasses all) {
        Set<String> callers = names(Stream.of(BackgroundRunner.class, TenantBinder.class)
                .map(all::get)
                .flatMap(door -> door.getMethodCallsToSelf().stream())
                .map(JavaCall::getOriginOwner)
                .filter(type -> !type.isEquivalentTo(BackgroundRunner.class)));
        Set<String> known =
                BACKGROUND.values().stream().flatMap(Set::stream).collect(Collectors.toCollection(TreeSet::new));
        known.addAll(ON_THE_MAIN_THREAD);
        assertThat(callers).as("who goes through the background runner").isEqualTo(known);
    }

    @ArchTest
    static void what_the_application_begins_by_itself_is_known(JavaClasses all) {
        assertThat(names(all.stream().filter(type -> Stream.of(
                                Lifecycle.class,
                                SmartInitializingSingleton.class,
                                ApplicationRunner.class,
                                CommandLineRunner.class)
                        .anyMatch(type::isAssignableTo))))
                .isEqualTo(new TreeSet<>(BEGUN));
    }

    @ArchTest
    static void every_activity_is_run_by_workers_that_have_the_entry(JavaClasses all) {
        assertThat(names(all.stream().filter(EntryPointsTest::hasActivities)))
                .as("what activities there are: ForgedWorkflowsTest must know how to call them")
                .containsExactly("AttemptActivity", "OrderStepsImpl");
        assertThat(names(callersOf(all, Worker.class, "registerActivitiesImplementations")))
                .containsExactly("Workers");
        assertThat(names(callersOf(all, Worker.class, "registerWorkflowImplementationTypes")))
                .containsExactly("Workers");
        assertThat(names(callersOf(all, WorkerFactory.class, "newInstance"))).containsExactly("Workers");
        assertThat(names(callersOf(all, Worker.class, "registerWorkflowImplementationFactory")))
                .isEmpty();
    }

    @ArchTest
    static final ArchRule no_worker_is_without_the_entry = noClasses()
            .should()
            .callMethod(WorkerFactory.class, "newInstance", WorkflowClient.class)
            .because("without options it has no interceptors, and its activities would check nothing");

    @ArchTest
    static final ArchRule every_call_over_http_comes_through_the_filter = methods()
            .that(DescribedPredicate.describe("serve requests", EntryPointsTest::isMapped))
            .should(beUnderTheFiltersPath())
            .because("the filter binds and the interceptors check what is under /v1, and nothing else");

    @ArchTest
    static void every_way_to_signal_and_query_is_known(JavaClasses all) {
        Set<String> handlers = all.stream()
                .filter(type -> type.isAnnotatedWith(WorkflowInterface.class))
                .flatMap(type -> type.getMethods().stream())
                .filter(method -> method.isAnnotatedWith(SignalMethod.class)
                        || method.isAnnotatedWith(QueryMethod.class)
                        || method.isAnnotatedWith(UpdateMethod.class))
                .map(JavaMethod::getName)
                .collect(Collectors.toCollection(TreeSet::new));
        assertThat(handlers).containsExactly("cancel", "reprioritise", "state", "wake");
    }

    private static boolean hasActivities(JavaClass type) {
        boolean known = type.isAssignableTo(DynamicActivity.class)
                || type.getAllRawInterfaces().stream().anyMatch(one -> one.isAnnotatedWith(ActivityInterface.class));
        return known && !type.isInterface() && !type.getModifiers().contains(JavaModifier.ABSTRACT);
    }

    private static Stream<JavaClass> callersOf(JavaClasses all, Class<?> owner, String method) {
        return all.stream().filter(type -> type.getMethodCallsFromSelf().stream()
                .anyMatch(call -> call.getTargetOwner().isEquivalentTo(owner)
                        && call.getName().equals(method)));
    }

    /** Of the top level classes. */
    private static TreeSet<String> names(Stream<JavaClass> classes) {
        return classes.map(EntryPointsTest::outermost)
                .map(JavaClass::getSimpleName)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static JavaClass outermost(JavaClass type) {
        return type.getEnclosingClass().map(EntryPointsTest::outermost).orElse(type);
    }

    private static DescribedPredicate<JavaCall<?>> hasNoParameter(Class<?> type) {
        return DescribedPredicate.describe(
                "has no parameter of type " + type.getSimpleName(),
                call -> call.getTarget().getRawParameterTypes().stream().noneMatch(one -> one.isEquivalentTo(type)));
    }

    private static ArchCondition<JavaMethod> takeNothingWithATenant() {
        return new ArchCondition<>("take nothing that names a tenant") {
            @Override
            public void check(JavaMethod method, ConditionEvents events) {
                boolean ok = method.getRawParameterTypes().stream()
                        .flatMap(type -> Stream.concat(
                                Stream.of(type), type.getFields().stream().map(field -> field.getRawType())))
                        .noneMatch(type -> type.isEquivalentTo(TenantId.class));
                events.add(new SimpleConditionEvent(method, ok, method.getFullName()));
            }
        };
    }

    private static boolean isMapped(JavaMethod method) {
        return method.getOwner().isMetaAnnotatedWith(Controller.class)
                && method.isMetaAnnotatedWith(RequestMapping.class);
    }

    private static ArchCondition<JavaMethod> beUnderTheFiltersPath() {
        return new ArchCondition<>("be under /v1/, unless it only says what went wrong") {
            @Override
            public void check(JavaMethod method, ConditionEvents events) {
                List<String> paths = paths(method);
                boolean ok = method.getOwner().isAssignableTo(ErrorController.class)
                        || (!paths.isEmpty() && paths.stream().allMatch(path -> path.startsWith("/v1/")));
                events.add(new SimpleConditionEvent(method, ok, method.getFullName() + " serves " + paths));
            }
        };
    }

    private static List<String> paths(JavaMethod method) {
        RequestMapping whole =
                AnnotatedElementUtils.findMergedAnnotation(method.getOwner().reflect(), RequestMapping.class);
        RequestMapping one = AnnotatedElementUtils.findMergedAnnotation(method.reflect(), RequestMapping.class);
        List<String> own = one == null || one.path().length == 0 ? List.of("") : List.of(one.path());
        List<String> first = whole == null || whole.path().length == 0 ? List.of("") : List.of(whole.path());
        return first.stream()
                .flatMap(prefix -> own.stream().map(rest -> prefix + rest))
                .toList();
    }
}
