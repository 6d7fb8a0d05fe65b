package dev.taskorder.starter.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.taskorder.api.tenant.TenantContext;
import dev.taskorder.starter.testing.Bodies;
import dev.taskorder.starter.testing.FullApplication;
import dev.taskorder.starter.testing.Http;
import dev.taskorder.starter.testing.TestDatabase;
import dev.taskorder.starter.testing.TestTenants;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Test;
import org.slf4j.MDC;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.core.Ordered;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.test.context.TestPropertySource;
import org.springframework.web.filter.OncePerRequestFilter;

/** Several tenants at once on one connection and few threads: each takes over what another has just left. */
@FullApplication
@Import(OneConnectionTest.Outermost.class)
@TestPropertySource(
        properties = {
            TestDatabase.WANTED + "=one_connection",
            "spring.datasource.hikari.maximum-pool-size=1",
            "spring.datasource.hikari.connection-timeout=20000",
            "server.tomcat.threads.max=3",
            "server.tomcat.threads.min-spare=3"
        })
class OneConnectionTest {
    private static final int TENANTS = 4;
    private static final int ORDERS_EACH = 15;

    @LocalServerPort
    int port;

    @Autowired
    TestTenants tenants;

    @Autowired
    JdbcClient jdbc;

    @Autowired
    Threads threads;

    /** Outside of all other filters: what a thread has when it takes a request, and what is left when it has answered. */
    static final class Threads extends OncePerRequestFilter {
        private final Map<String, Set<String>> tenantsOf = new ConcurrentHashMap<>();
        private final Queue<String> leftovers = new ConcurrentLinkedQueue<>();

        @Override
        protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
                throws ServletException, IOException {
            look("before");
            tenantsOf
                    .computeIfAbsent(Thread.currentThread().getName(), unused -> ConcurrentHashMap.newKeySet())
                    .add(String.valueOf(request.getHeader("tenant")));
            try {
                chain.doFilter(request, response);
            } finally {
                look("after");
            }
        }

        private void look(String when) {
            Map<String, String> mdc = MDC.getCopyOfContextMap();
            if (mdc != null && !mdc.isEmpty()) {
                leftovers.add(when + ": log lines carry " + mdc);
            }
            TenantContext.current().ifPresent(tenant -> leftovers.add(when + ": bound is " + tenant));
        }
    }

    @TestConfiguration
    static class Outermost {
        @Bean
        Threads threads() {
            return new Threads();
        }

        @Bean
        FilterRegistrationBean<Threads> threadsFirst(Threads threads) {
            FilterRegistrationBean<Threads> first = new FilterRegistrationBean<>(threads);
            first.setOrder(Ordered.HIGHEST_PRECEDENCE);
            return first;
        }
    }

    @Test
    void nothing_of_a_tenant_is_left_for_the_next() {
        List<CompletableFuture<Void>> callers = new ArrayList<>();
        for (int i = 0; i < TENANTS; i++) {
            String tenant = tenants.fresh();
            callers.add(CompletableFuture.runAsync(() -> createAndList(tenant)));
        }
        callers.forEach(CompletableFuture::join);

        assertThat(threads.tenantsOf.values())
                .as("threads that served several tenants, without which nothing is shown")
                .anyMatch(served -> served.size() > 1);
        assertThat(threads.leftovers).isEmpty();
        assertThat(session())
                .as("the one connection, given back")
                .isEqualTo("tenant= role=taskorder_app rows=0 commit=configuration");
    }

    /** All that it sees is its own: as many orders as it made, and other tenants' ids are none of them. */
    private void createAndList(String tenant) {
        Http caller = new Http(port, tenant);
        List<String> own = new ArrayList<>();
        for (int i = 0; i < ORDERS_EACH; i++) {
            Http.Answer created = caller.post("/v1/task-orders", Bodies.orderUnder("k" + i));
            assertThat(created.status()).as(created.text()).isEqualTo(201);
            own.add(created.json().path("task_id").asString());
            // refused on the way: what is bound by then is cleared as well
            assertThat(caller.post("/v1/task-orders", "{").status()).isEqualTo(400);
            List<String> listed = new ArrayList<>();
            caller.get("/v1/task-orders?limit=100")
                    .json()
                    .path("items")
                    .forEach(item -> listed.add(item.path("task_id").asString()));
            assertThat(listed).containsExactlyInAnyOrderElementsOf(own);
        }
    }

    private String session() {
        return jdbc.sql("""
                SELECT format('tenant=%s role=%s rows=%s commit=%s', current_setting('taskorder.tenant', true), current_user,
                       (SELECT count(*) FROM task_order),
                       (SELECT CASE source WHEN 'session' THEN 'session' ELSE 'configuration' END FROM pg_settings
                         WHERE name = 'synchronous_commit'))
                """).query(String.class).single();
    }
}
