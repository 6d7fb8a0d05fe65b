package dev.taskorder.starter.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import dev.taskorder.api.order.CreateResult;
import dev.taskorder.api.tenant.TenantContext;
import dev.taskorder.api.tenant.TenantId;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class OrderMetersTest {
    private static final int NAMED = 20;
    private static final int TENANTS = 1_000;
    private static final int FULL = 10;

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final OrderMeters meters = new OrderMeters(registry, NAMED);

    @Test
    void a_thousand_tenants_have_twenty_names_and_other_in_each_meter() {
        for (int round = 0; round < 3; round++) {
            for (int n = 0; n < TENANTS; n++) {
                as(tenant(n), all -> {
                    all.ended();
                    all.refused(OrderMeters.Refusal.RATE_LIMITED, 1);
                    all.told(new CreateResult.QuotaExceeded(FULL, FULL));
                });
            }
        }
        assertThat(of("taskorder.orders.ended")).hasSize(NAMED + 1).containsKey(TenantTags.OTHER);
        assertThat(of("taskorder.orders.ended").values().stream()
                        .mapToDouble(Double::doubleValue)
                        .sum())
                .isEqualTo(3 * TENANTS);
        assertThat(registry.find("taskorder.orders.refused")
                        .tag("code", "rate_limited")
                        .counters())
                .hasSize(NAMED + 1);
        assertThat(registry.find("taskorder.orders.refused")
                        .tag("code", "quota_exceeded")
                        .counters())
                .hasSize(NAMED + 1);
    }

    @Test
    void a_create_that_was_refused_is_counted_under_the_code_of_its_answer() {
        as(tenant(1), all -> {
            all.told(new CreateResult.NotAllowed(List.of(new CreateResult.Objection("/env", "is not allowed"))));
            all.told(new CreateResult.NeverSatisfiable(List.of()));
        });
        assertThat(registry.find("taskorder.orders.refused").counters())
                .extracting(counter -> counter.getId().getTag("code"))
                .containsExactlyInAnyOrder("not_allowed_by_policy", "never_satisfiable");
    }

    @Test
    void who_becomes_busy_gets_the_name_of_the_least_busy_whose_counters_go() {
        for (int n = 0; n < NAMED; n++) {
            as(tenant(n), OrderMeters::ended);
        }
        as(tenant(3), OrderMeters::ended);
        for (int n = 0; n < 200; n++) {
            as(tenant(TENANTS), OrderMeters::ended);
        }
        assertThat(of("taskorder.orders.ended"))
                .hasSize(NAMED + 1)
                .containsKeys(tenant(TENANTS).value(), tenant(3).value(), TenantTags.OTHER);
    }

    @Test
    void names_that_change_all_the_time_are_never_more() {
        for (int n = 0; n < 100 * TENANTS; n++) {
            as(tenant(n / 100), OrderMeters::ended);
        }
        assertThat(of("taskorder.orders.ended"))
                .hasSize(NAMED + 1)
                .containsKey(tenant(TENANTS - 1).value());
    }

    @Test
    void no_tenant_and_the_installation_itself_have_values_of_their_own_and_take_no_name() {
        meters.ended();
        as(TenantId.SYSTEM, OrderMeters::ended);
        for (int n = 0; n < NAMED; n++) {
            as(tenant(n), OrderMeters::ended);
        }
        assertThat(of("taskorder.orders.ended"))
                .hasSize(NAMED + 2)
                .containsKeys("none", "_system")
                .doesNotContainKey(TenantTags.OTHER);
    }

    private static TenantId tenant(int n) {
        return new TenantId("tenant-" + n);
    }

    private void as(TenantId tenant, Consumer<OrderMeters> work) {
        TenantContext.bind(tenant);
        try {
            work.accept(meters);
        } finally {
            TenantContext.clear();
        }
    }

    private Map<String, Double> of(String meter) {
        return registry.find(meter).counters().stream()
                .collect(Collectors.toMap(one -> String.valueOf(one.getId().getTag("tenant")), Counter::count));
    }
}
