package dev.taskorder.workflows;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.ArchRule;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** A rule that has never failed is unproven. */
class DeterminismRulesBiteTest {
    static Stream<Arguments> offences() {
        return Stream.of(
                Arguments.of(Offenders.ReadsTheClock.class, DeterminismTest.no_clock_random_or_environment),
                Arguments.of(Offenders.RollsDice.class, DeterminismTest.no_clock_random_or_environment),
                Arguments.of(Offenders.ReadsTheEnvironment.class, DeterminismTest.no_clock_random_or_environment),
                Arguments.of(Offenders.LogsOnEveryReplay.class, DeterminismTest.no_logger_of_its_own),
                Arguments.of(Offenders.ReadsFiles.class, DeterminismTest.no_threads_io_or_framework),
                Arguments.of(Offenders.WaitsByTheClockOnTheWall.class, DeterminismTest.no_threads_io_or_framework),
                Arguments.of(Offenders.StartsThreads.class, DeterminismTest.no_java_threads),
                Arguments.of(Offenders.StreamsInParallel.class, DeterminismTest.no_java_threads),
                Arguments.of(Offenders.Locks.class, DeterminismTest.no_locks),
                Arguments.of(Offenders.SharesState.class, DeterminismTest.no_mutable_statics),
                Arguments.of(Offenders.AsksTheThreadForTheTenant.class, DeterminismTest.no_tenant_of_the_thread),
                Arguments.of(Offenders.CatchesEverything.class, DeterminismTest.no_catch_of_everything));
    }

    @ParameterizedTest
    @MethodSource("offences")
    void every_rule_sees_its_offender(Class<?> offender, ArchRule rule) {
        JavaClasses classes = new ClassFileImporter().importClasses(offender);

        assertThat(rule.evaluate(classes).hasViolation()).isTrue();
    }
}
