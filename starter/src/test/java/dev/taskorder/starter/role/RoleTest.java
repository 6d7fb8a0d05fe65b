package dev.taskorder.starter.role;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Configuration;

class RoleTest {
    private final ApplicationContextRunner application =
            new ApplicationContextRunner().withUserConfiguration(ForApi.class, ForWorkers.class);

    @Test
    void a_process_has_what_its_roles_need_and_nothing_else() {
        application
                .withPropertyValues("taskorder.roles=api, maintenance")
                .run(context -> assertThat(context).hasSingleBean(ForApi.class).doesNotHaveBean(ForWorkers.class));
    }

    @Test
    void a_process_that_is_told_nothing_does_everything() {
        application.run(
                context -> assertThat(context).hasSingleBean(ForApi.class).hasSingleBean(ForWorkers.class));
    }

    @Test
    void a_word_that_is_no_role_is_refused_by_name() {
        assertThatThrownBy(() -> Role.in("api,wroker"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("taskorder.roles")
                .hasMessageContaining("'wroker'")
                .hasMessageContaining(Role.ALL);
    }

    @Configuration(proxyBeanMethods = false)
    @InRole(Role.API)
    static class ForApi {}

    @Configuration(proxyBeanMethods = false)
    @InRole(Role.WORKER)
    static class ForWorkers {}
}
