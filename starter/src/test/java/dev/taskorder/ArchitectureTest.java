package dev.taskorder;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.belongToAnyOf;
import static com.tngtech.archunit.core.domain.properties.CanBeAnnotated.Predicates.annotatedWith;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.methods;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noMethods;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonValue;
import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaField;
import com.tngtech.archunit.core.domain.JavaMethod;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import dev.taskorder.api.order.OrderCommand;
import dev.taskorder.api.tenant.TenantContext;
import io.temporal.activity.ActivityInterface;
import io.temporal.workflow.WorkflowInterface;
import java.time.Clock;
import java.time.Instant;
import java.util.stream.Stream;
import org.springframework.context.annotation.Configuration;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.transaction.support.TransactionTemplate;

/** The design, as rules: who may know whom, what may be public, who binds a tenant and who begins a transaction. */
@AnalyzeClasses(packages = "dev.taskorder", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
    private static final String TENANT_BINDING = "dev.taskorder.starter.tenant.TenantBinding";

    @ArchTest
    static final ArchRule arrows = layeredArchitecture()
            .consideringOnlyDependenciesInLayers()
            .layer("api")
            .definedBy("dev.taskorder.api..")
            .layer("workflows")
            .definedBy("dev.taskorder.workflows..")
            .layer("activities")
            .definedBy("dev.taskorder.activities..")
            .layer("starter")
            .definedBy("dev.taskorder.starter..")
            .whereLayer("starter")
            .mayNotBeAccessedByAnyLayer()
            .whereLayer("workflows")
            .mayOnlyBeAccessedByLayers("starter")
            .whereLayer("activities")
            .mayOnlyBeAccessedByLayers("starter")
            .because("workflows are deterministic and activities replaceable; put what both need into api");

    @ArchTest
    static final ArchRule features_form_no_cycle = slices().matching(
                    "dev.taskorder.(activities|starter|workflows).(*)..")
            .should()
            .beFreeOfCycles()
            .because("a feature that two others need goes below both, or behind a port in api like MatchTrigger");

    @ArchTest
    static final ArchRule api_knows_only_the_jdk_and_annotations_of_its_callers = classes()
            .that()
            .resideInAPackage("dev.taskorder.api..")
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage(
                    "dev.taskorder.api..",
                    "java..",
                    "org.jspecify..",
                    "io.temporal..",
                    "com.fasterxml.jackson.annotation..")
            .because("contracts outlive libraries; keep the library in the module that needs it");

    @ArchTest
    static final ArchRule implementations_stay_in_their_package = classes()
            .that()
            .resideInAnyPackage("dev.taskorder.activities..", "dev.taskorder.starter..")
            .and(not(isAPublicValueOrDoor()))
            .should()
            .notBePublic()
            .because("one door per feature: a configuration, an interface or a value; make the class package-private");

    @ArchTest
    static final ArchRule time_comes_from_a_clock = noClasses()
            .should()
            .callMethod(Instant.class, "now")
            .orShould()
            .callMethod(Clock.class, "systemDefaultZone")
            .because("the database judges expiry; all else takes a Clock, so that tests can move time");

    @ArchTest
    static final ArchRule every_activity_names_its_tenant = methods()
            .that()
            .areDeclaredInClassesThat()
            .areAnnotatedWith(ActivityInterface.class)
            .should(takeOneCommandWithATenant())
            .because("the interceptor compares both with the header and the workflow id");

    @ArchTest
    static final ArchRule payloads_can_be_read_by_older_code = methods()
            .that()
            .areDeclaredInClassesThat(annotatedWith(ActivityInterface.class).or(annotatedWith(WorkflowInterface.class)))
            .should(takeAndGiveRecordsThatIgnoreUnknownFields())
            .because("while a new version is rolled out the old one reads what the new one wrote; say"
                    + " @JsonIgnoreProperties(ignoreUnknown = true)");

    @ArchTest
    static final ArchRule a_tenant_is_bound_through_one_pair_of_moves = noClasses()
            .that()
            .doNotHaveFullyQualifiedName(TENANT_BINDING)
            .should()
            .callMethod(TenantContext.class, "bind", dev.taskorder.api.tenant.TenantId.class)
            .orShould()
            .callMethod(TenantContext.class, "clear")
            .because("context and log lines must always agree; go through the filter, the propagator or the runner");

    @ArchTest
    static final ArchRule exactly_three_classes_bind_a_tenant = classes()
            .that()
            .haveFullyQualifiedName(TENANT_BINDING)
            .should()
            .onlyHaveDependentClassesThat()
            .haveNameMatching(
                    "dev\\.taskorder\\.starter\\.tenant\\.(TenantBinding|TenantFilter|TenantContextPropagator|BackgroundRunner)(\\$.*)?")
            .because("spec/tenancy-and-events.md §A names them: HTTP filter, Temporal propagator, background runner");

    @ArchTest
    static final ArchRule only_the_audit_log_and_the_list_of_pauses_go_behind_the_wall_of_a_tenant_that_is_not_bound =
            classes()
                    .that()
                    .haveFullyQualifiedName("dev.taskorder.activities.tenant.OtherTenantTransactions")
                    .should()
                    .onlyHaveDependentClassesThat()
                    .resideInAnyPackage(
                            "dev.taskorder.activities.tenant",
                            "dev.taskorder.activities.audit",
                            "dev.taskorder.activities.control")
                    .because(
                            "all else is of the tenant that is bound; a refused call alone is told to its principal's tenant,"
                                    + " and an operator asks what is paused for any");

    @ArchTest
    static final ArchRule transactions_begin_in_one_place = noClasses()
            .that()
            .resideOutsideOfPackage("dev.taskorder.activities.tenant")
            .should()
            .dependOnClassesThat(belongToAnyOf(TransactionTemplate.class))
            .because("only TenantTransactions and SystemTransactions bind what row-level security reads");

    @ArchTest
    static final ArchRule no_transaction_begins_by_annotation = noMethods()
            .should()
            .beAnnotatedWith(Transactional.class)
            .because("a proxy would begin it without saying for whom; use TenantTransactions");

    /** A feature shows its configuration, its interfaces, and the records and enums that those speak of. */
    private static DescribedPredicate<JavaClass> isAPublicValueOrDoor() {
        return DescribedPredicate.describe(
                "a configuration, an interface, a value or a final helper that implements nothing of ours",
                type -> type.isMetaAnnotatedWith(Configuration.class)
                        || type.isInterface()
                        || type.isRecord()
                        || type.isEnum()
                        || (type.getModifiers().contains(JavaModifier.FINAL) && !implementsOneOfOurs(type)));
    }

    /** What implements an interface of ours is got by that interface; the runner is the one that is also called itself. */
    private static boolean implementsOneOfOurs(JavaClass type) {
        return !type.getSimpleName().equals("BackgroundRunner")
                && type.getAllRawInterfaces().stream()
                        .anyMatch(one -> one.getPackageName().startsWith("dev.taskorder"));
    }

    private static ArchCondition<JavaMethod> takeAndGiveRecordsThatIgnoreUnknownFields() {
        return new ArchCondition<>("take and give records that ignore unknown fields") {
            @Override
            public void check(JavaMethod method, ConditionEvents events) {
                Stream.concat(method.getRawParameterTypes().stream(), Stream.of(method.getRawReturnType()))
                        .flatMap(type -> Stream.concat(Stream.of(type), type.getAllSubclasses().stream()))
                        .flatMap(type -> Stream.concat(
                                Stream.of(type), type.getFields().stream().map(JavaField::getRawType)))
                        .filter(type -> type.isRecord() && type.getPackageName().startsWith("dev.taskorder"))
                        .filter(type ->
                                type.getFields().stream().noneMatch(field -> field.isAnnotatedWith(JsonValue.class)))
                        .forEach(type -> events.add(new SimpleConditionEvent(
                                method,
                                ignoresUnknownFields(type),
                                method.getFullName() + " speaks of " + type.getName())));
            }
        };
    }

    private static boolean ignoresUnknownFields(JavaClass type) {
        return type.isAnnotatedWith(JsonIgnoreProperties.class)
                && type.getAnnotationOfType(JsonIgnoreProperties.class).ignoreUnknown();
    }

    private static ArchCondition<JavaMethod> takeOneCommandWithATenant() {
        return new ArchCondition<>("take one command that names a tenant and an order") {
            @Override
            public void check(JavaMethod method, ConditionEvents events) {
                boolean ok = method.getRawParameterTypes().size() == 1
                        && method.getRawParameterTypes().get(0).isAssignableTo(OrderCommand.class);
                events.add(new SimpleConditionEvent(method, ok, method.getFullName()));
            }
        };
    }
}
