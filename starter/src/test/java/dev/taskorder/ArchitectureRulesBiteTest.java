package dev.taskorder;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.ArchRule;
import dev.taskorder.activities.loopa.KnowsB;
import dev.taskorder.activities.loopb.KnowsA;
import dev.taskorder.activities.offenders.BeginsATransaction;
import dev.taskorder.activities.offenders.PointsElsewhere;
import dev.taskorder.api.offenders.KnowsTheApplication;
import dev.taskorder.api.offenders.NamesNoTenant;
import dev.taskorder.api.offenders.PointsUp;
import dev.taskorder.api.offenders.ReadsNoNewerField;
import dev.taskorder.starter.offenders.BindsATenant;
import dev.taskorder.starter.offenders.ClearsATenant;
import dev.taskorder.starter.offenders.GoesPastTheEntry;
import dev.taskorder.starter.offenders.HasTheMachinesClock;
import dev.taskorder.starter.offenders.MakesThreads;
import dev.taskorder.starter.tenant.IsAFourthBinder;
import dev.taskorder.workflows.offenders.PointsAside;
import dev.taskorder.workflows.order.TaskOrderWorkflowImpl;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** A rule that has never failed is unproven: each has an offender that must trip it. */
class ArchitectureRulesBiteTest {
    static Stream<Arguments> rules() {
        return Stream.of(
                arrow("api → starter", KnowsTheApplication.class, BindsATenant.class),
                arrow("api → workflows", PointsUp.AtWorkflows.class, TaskOrderWorkflowImpl.class),
                arrow("api → activities", PointsUp.AtActivities.class, BeginsATransaction.class),
                arrow("workflows → activities", PointsAside.AtActivities.class, BeginsATransaction.class),
                arrow("workflows → starter", PointsAside.AtTheApplication.class, BindsATenant.class),
                arrow("activities → workflows", PointsElsewhere.AtWorkflows.class, TaskOrderWorkflowImpl.class),
                arrow("activities → starter", PointsElsewhere.AtTheApplication.class, BindsATenant.class),
                offence("cycles", ArchitectureTest.features_form_no_cycle, KnowsA.class, KnowsB.class),
                offence(
                        "api alone",
                        ArchitectureTest.api_knows_only_the_jdk_and_annotations_of_its_callers,
                        KnowsTheApplication.class),
                offence(
                        "package-private",
                        ArchitectureTest.implementations_stay_in_their_package,
                        BeginsATransaction.class),
                offence(
                        "clock",
                        ArchitectureTest.time_comes_from_a_clock,
                        named("dev.taskorder.starter.offenders.AsksTheWallClock")),
                offence("machine's clock", ArchitectureTest.time_comes_from_a_clock, HasTheMachinesClock.class),
                offence("tenant in activity", ArchitectureTest.every_activity_names_its_tenant, NamesNoTenant.class),
                offence(
                        "payloads",
                        ArchitectureTest.payloads_can_be_read_by_older_code,
                        ReadsNoNewerField.class,
                        ReadsNoNewerField.Answer.class,
                        ReadsNoNewerField.Answer.Plain.class),
                offence("binding", ArchitectureTest.a_tenant_is_bound_through_one_pair_of_moves, BindsATenant.class),
                offence("clearing", ArchitectureTest.a_tenant_is_bound_through_one_pair_of_moves, ClearsATenant.class),
                offence(
                        "three binders",
                        ArchitectureTest.exactly_three_classes_bind_a_tenant,
                        IsAFourthBinder.class,
                        named("dev.taskorder.starter.tenant.TenantBinding")),
                offence("transactions", ArchitectureTest.transactions_begin_in_one_place, BeginsATransaction.class),
                offence("annotation", ArchitectureTest.no_transaction_begins_by_annotation, BeginsATransaction.class),
                offence("thread", EntryPointsTest.threads_are_made_in_one_place, MakesThreads.Bare.class),
                offence("pool", EntryPointsTest.threads_are_made_in_one_place, MakesThreads.Pool.class),
                offence("clock's pool", EntryPointsTest.threads_are_made_in_one_place, MakesThreads.Clock.class),
                offence("common pool", EntryPointsTest.threads_are_made_in_one_place, MakesThreads.Borrowed.class),
                offence("parallel", EntryPointsTest.threads_are_made_in_one_place, MakesThreads.Side.class),
                offence("begins", EntryPointsTest.nothing_begins_by_annotation, GoesPastTheEntry.ByAnnotation.class),
                offence("header", EntryPointsTest.only_the_sdk_binds_by_a_header, GoesPastTheEntry.ByHeader.class),
                offence("signal", EntryPointsTest.signals_and_queries_name_no_tenant, GoesPastTheEntry.BySignal.class),
                offence("worker", EntryPointsTest.no_worker_is_without_the_entry, GoesPastTheEntry.ByWorker.class),
                offence(
                        "path",
                        EntryPointsTest.every_call_over_http_comes_through_the_filter,
                        GoesPastTheEntry.ByPath.class));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("rules")
    void an_offender_trips_its_rule(String name, ArchRule rule, Class<?>[] offenders) {
        assertThat(rule.evaluate(new ClassFileImporter().importClasses(offenders))
                        .hasViolation())
                .isTrue();
    }

    private static Arguments arrow(String name, Class<?> from, Class<?> to) {
        return offence(name, ArchitectureTest.arrows, from, to);
    }

    private static Arguments offence(String name, ArchRule rule, Class<?>... offenders) {
        return Arguments.of(name, rule, offenders);
    }

    private static Class<?> named(String name) {
        try {
            return Class.forName(name);
        } catch (ClassNotFoundException e) {
            throw new IllegalStateException(e);
        }
    }
}
