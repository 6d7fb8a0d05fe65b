package dev.taskorder.starter.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.taskorder.api.principal.ApiKeys;
import dev.taskorder.api.principal.ApiKeys.CreateResult.Created;
import dev.taskorder.api.principal.Role;
import dev.taskorder.api.tenant.Caller;
import dev.taskorder.api.tenant.TenantId;
import dev.taskorder.starter.tenant.BackgroundRunner;
import dev.taskorder.starter.testing.Bodies;
import dev.taskorder.starter.testing.FullApplication;
import dev.taskorder.starter.testing.Http;
import dev.taskorder.starter.testing.TestDatabase;
import dev.taskorder.starter.testing.TestTenants;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.test.context.TestPropertySource;

/** A caller that is refused again and again does not fill the audit log of its own tenant. */
@FullApplication
@TestPropertySource(properties = "taskorder.security.accept=api-keys")
class ManyRefusalsTest {
    @LocalServerPort
    int port;

    @Autowired
    TestTenants tenants;

    @Autowired
    BackgroundRunner runner;

    @Autowired
    ApiKeys keys;

    @Test
    void the_first_hundred_have_an_entry_each_and_the_others_one_for_each_kind() {
        String tenant = tenants.fresh();
        String key = ((Created) runner.call(
                        new TenantId(tenant),
                        () -> keys.create(new ApiKeys.NewKey("viewer", Role.VIEWER, null), Caller.SYSTEM)))
                .text();
        Http http = new Http(port, "", "Authorization", "Bearer " + key);
        for (int i = 0; i < 60; i++) {
            assertThat(http.put("/v1/assets/a", Bodies.asset()).code()).isEqualTo("forbidden");
            assertThat(http.get("/v1/tenants/nobody").status()).isEqualTo(404);
        }
        // at the turn of the hour there may be two of each kind
        assertThat(refusals(tenant)).isBetween(102, 104);
    }

    private static int refusals(String tenant) {
        return TestDatabase.asSuperuser("accepting")
                .sql("SELECT count(*) FROM audit_entry WHERE tenant_id = :tenant AND outcome = 'REFUSED'")
                .param("tenant", tenant)
                .query(Integer.class)
                .single();
    }
}
