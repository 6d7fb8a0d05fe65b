package dev.taskorder.activities.principal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.taskorder.activities.testing.Race;
import dev.taskorder.activities.testing.Tenant;
import dev.taskorder.api.principal.ApiKey;
import dev.taskorder.api.principal.ApiKeys;
import dev.taskorder.api.principal.ApiKeys.CreateResult;
import dev.taskorder.api.principal.ApiKeys.CreateResult.Created;
import dev.taskorder.api.principal.ApiKeys.CreateResult.TooMany;
import dev.taskorder.api.principal.KeyText;
import dev.taskorder.api.principal.Role;
import dev.taskorder.api.tenant.Caller;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.dao.DataIntegrityViolationException;

/** Keys are kept as hashes behind their tenant's wall, and two of a name are live at most. */
class ApiKeysTest {
    private final Tenant tenant = Tenant.fresh();

    @Test
    void a_key_is_found_by_its_id_and_known_by_its_hash_alone() {
        Created made = created("app", Role.SUBMITTER, null);
        KeyText text = KeyText.parse(made.text()).orElseThrow();

        ApiKeys.Stored stored = with(keys -> keys.find(text.keyId())).orElseThrow();
        assertThat(text.matches(stored.hash())).isTrue();
        assertThat(stored.role()).isEqualTo(Role.SUBMITTER);
        String row = tenant.sql(jdbc ->
                jdbc.sql("SELECT k::text FROM api_key k").query(String.class).single());
        assertThat(row).doesNotContain(made.text().split("\\.")[2]);
        Optional<ApiKeys.Stored> elsewhere =
                Tenant.fresh().as(() -> tenant.bean(ApiKeys.class).find(text.keyId()));
        assertThat(elsewhere).isEmpty();
    }

    @Test
    void of_many_who_make_keys_of_one_name_at_once_two_succeed() throws Exception {
        List<CreateResult> results = Race.of(16, runner -> () -> make("app", Role.VIEWER, null));
        assertThat(results).filteredOn(Created.class::isInstance).hasSize(2);
        assertThat(results).filteredOn(TooMany.class::isInstance).hasSize(14).allSatisfy(result -> assertThat(
                        ((TooMany) result).live())
                .hasSize(2));
        assertThat(make("other", Role.VIEWER, null)).isInstanceOf(Created.class);
    }

    @Test
    void a_revoked_key_and_an_expired_one_leave_their_places() {
        Created first = created("app", Role.VIEWER, null);
        created("app", Role.VIEWER, Clock.systemUTC().instant().minusSeconds(1));
        created("app", Role.VIEWER, null);
        assertThat(make("app", Role.VIEWER, null)).isInstanceOf(TooMany.class);

        ApiKey revoked = with(keys -> keys.revoke(first.key().keyId())).orElseThrow();
        assertThat(revoked.revokedAt()).isNotNull();
        Optional<ApiKey> again = with(keys -> keys.revoke(first.key().keyId()));
        assertThat(again).hasValue(revoked);
        Optional<ApiKeys.Stored> found = with(keys -> keys.find(first.key().keyId()));
        assertThat(found).isEmpty();
        assertThat(make("app", Role.VIEWER, null)).isInstanceOf(Created.class);
        List<ApiKey> all = with(ApiKeys::list);
        assertThat(all).hasSize(4);
    }

    @Test
    void a_tenant_has_no_operators() {
        assertThatThrownBy(() -> make("app", Role.OPERATOR, null)).isInstanceOf(DataIntegrityViolationException.class);
    }

    @Test
    void that_a_key_was_used_is_kept_to_the_minute() {
        Created made = created("app", Role.VIEWER, null);
        assertThat(made.key().lastUsedAt()).isNull();
        with(keys -> {
            keys.used(made.key().keyId());
            return true;
        });
        assertThat(with(ApiKeys::list).get(0).lastUsedAt()).isNotNull();
    }

    private Created created(String name, Role role, @Nullable Instant expiresAt) {
        return (Created) make(name, role, expiresAt);
    }

    private CreateResult make(String name, Role role, @Nullable Instant expiresAt) {
        return with(keys -> keys.create(new ApiKeys.NewKey(name, role, expiresAt), Caller.SYSTEM));
    }

    private <T> T with(Function<ApiKeys, T> call) {
        return tenant.as(() -> call.apply(tenant.bean(ApiKeys.class)));
    }
}
