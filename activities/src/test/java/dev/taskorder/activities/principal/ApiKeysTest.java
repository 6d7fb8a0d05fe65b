package dev.taskorder.activities.principal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.taskorder.activities.testing.Race;
import dev.taskorder.activities.testing.Tenant;
import dev.taskorder.activities.testing.TestDatabase;
import dev.taskorder.api.page.BadCursorException;
import dev.taskorder.api.page.Page;
import dev.taskorder.api.page.PageRequest;
import dev.taskorder.api.principal.ApiKey;
import dev.taskorder.api.principal.ApiKeys;
import dev.taskorder.api.principal.ApiKeys.CreateResult;
import dev.taskorder.api.principal.ApiKeys.CreateResult.Created;
import dev.taskorder.api.principal.ApiKeys.CreateResult.TenantFull;
import dev.taskorder.api.principal.ApiKeys.CreateResult.TooMany;
import dev.taskorder.api.principal.KeyText;
import dev.taskorder.api.principal.Role;
import dev.taskorder.api.tenant.Caller;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;
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
        assertThat(all()).hasSize(4);
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
        assertThat(all().get(0).lastUsedAt()).isNotNull();
    }

    @Test
    void pages_have_each_key_once_newest_first_while_others_are_made() {
        List<String> made = IntStream.range(0, 5)
                .mapToObj(i -> created("k" + i, Role.VIEWER, null).key().keyId())
                .toList();
        Page<ApiKey> first = page(2, null);
        created("late", Role.VIEWER, null);
        Page<ApiKey> second = page(2, first.nextCursor());
        Page<ApiKey> third = page(2, second.nextCursor());

        assertThat(Stream.of(first, second, third)
                        .flatMap(page -> page.items().stream())
                        .map(ApiKey::keyId))
                .containsExactly(made.get(4), made.get(3), made.get(2), made.get(1), made.get(0));
        assertThat(third.nextCursor()).isNull();
        String cursor = Objects.requireNonNull(first.nextCursor());
        assertThatThrownBy(
                        () -> Tenant.fresh().as(() -> tenant.bean(ApiKeys.class).list(new PageRequest(2, cursor))))
                .isInstanceOf(BadCursorException.class);
    }

    @Test
    void a_key_that_died_long_ago_is_removed_when_the_next_one_is_made_and_no_other() {
        String revoked = created("revoked", Role.VIEWER, null).key().keyId();
        String expired = created("expired", Role.VIEWER, null).key().keyId();
        String lately = created("lately", Role.VIEWER, null).key().keyId();
        String live = created("live", Role.VIEWER, null).key().keyId();
        Tenant other = Tenant.fresh();
        Created others = (Created) other.as(() ->
                other.bean(ApiKeys.class).create(new ApiKeys.NewKey("revoked", Role.VIEWER, null), Caller.SYSTEM));
        diedDaysAgo(91, revoked);
        diedDaysAgo(89, lately);
        diedDaysAgo(91, others.key().keyId());
        asOwner("UPDATE api_key SET expires_at = now() - interval '91 days' WHERE key_id = ?", expired);

        String next = created("next", Role.VIEWER, null).key().keyId();

        assertThat(all()).extracting(ApiKey::keyId).containsExactlyInAnyOrder(lately, live, next);
        assertThat(other.as(() -> other.bean(ApiKeys.class).show(others.key().keyId())))
                .isPresent();
    }

    @Test
    void no_statement_of_the_application_removes_a_key_that_is_live() {
        String dead = created("dead", Role.VIEWER, null).key().keyId();
        String live = created("live", Role.VIEWER, null).key().keyId();
        diedDaysAgo(0, dead);

        assertThatThrownBy(
                        () -> tenant.sql(jdbc -> jdbc.sql("DELETE FROM api_key").update()))
                .isInstanceOf(DataIntegrityViolationException.class);
        assertThat(all()).extracting(ApiKey::keyId).containsExactlyInAnyOrder(live, dead);
        assertThat(tenant.<Integer>sql(jdbc ->
                        jdbc.sql("DELETE FROM api_key WHERE place IS NULL").update()))
                .isEqualTo(1);
    }

    @Test
    void of_as_many_as_a_tenant_may_have_the_longest_dead_makes_room_and_if_all_live_there_is_none() throws Exception {
        String dead = created("dead", Role.VIEWER, null).key().keyId();
        String later = created("later", Role.VIEWER, null).key().keyId();
        diedDaysAgo(2, dead);
        diedDaysAgo(1, later);
        tenant.sql(jdbc -> jdbc.sql("""
                        INSERT INTO api_key (key_id, name, place, role, hash, created_by)
                        SELECT 'many' || n, 'many' || n, 1, 'viewer', sha256(n::text::bytea), 'test'
                          FROM generate_series(1, :many) AS n
                        """).param("many", ApiKeys.PER_TENANT - 3).update());
        created("last", Role.VIEWER, null);

        List<CreateResult> results = Race.of(8, runner -> () -> make("racing", Role.VIEWER, null));

        assertThat(results).filteredOn(Created.class::isInstance).hasSize(2);
        assertThat(all()).hasSize(ApiKeys.PER_TENANT).allMatch(key -> key.revokedAt() == null);
        assertThat(make("more", Role.VIEWER, null)).isInstanceOf(TenantFull.class);
    }

    private void diedDaysAgo(int days, String keyId) {
        asOwner(
                "UPDATE api_key SET place = NULL, revoked_at = now() - interval '" + days + " days' WHERE key_id = ?",
                keyId);
    }

    private static void asOwner(String sql, String keyId) {
        assertThat(TestDatabase.get().superuser().sql(sql).param(keyId).update())
                .isEqualTo(1);
    }

    private List<ApiKey> all() {
        List<ApiKey> all = new ArrayList<>();
        String cursor = null;
        do {
            Page<ApiKey> page = page(200, cursor);
            all.addAll(page.items());
            cursor = page.nextCursor();
        } while (cursor != null);
        return all;
    }

    private Page<ApiKey> page(int limit, @Nullable String cursor) {
        return with(keys -> keys.list(new PageRequest(limit, cursor)));
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
