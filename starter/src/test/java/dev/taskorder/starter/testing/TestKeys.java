package dev.taskorder.starter.testing;

import dev.taskorder.api.principal.ApiKeys;
import dev.taskorder.api.principal.ApiKeys.CreateResult.Created;
import dev.taskorder.api.principal.Role;
import dev.taskorder.api.tenant.Caller;
import dev.taskorder.api.tenant.TenantId;
import dev.taskorder.starter.tenant.BackgroundRunner;

/** Keys that tests call with. */
public final class TestKeys {
    private final ApiKeys keys;
    private final BackgroundRunner runner;

    TestKeys(ApiKeys keys, BackgroundRunner runner) {
        this.keys = keys;
        this.runner = runner;
    }

    /** A key of this tenant, or of the installation. */
    public Created of(TenantId owner, Role role, String name) {
        return (Created) runner.call(owner, () -> keys.create(new ApiKeys.NewKey(name, role, null), Caller.SYSTEM));
    }

    /** Has the key accepted no more. */
    public void revoke(TenantId owner, Created key) {
        runner.call(owner, () -> keys.revoke(key.key().keyId()));
    }
}
