package dev.taskorder.activities.matching;

import static org.assertj.core.api.Assertions.assertThat;

import dev.taskorder.api.asset.AssetStatus;
import dev.taskorder.api.order.ResourceHint;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a hint asks of an asset, at the edges. */
class QuestionTest {
    @ParameterizedTest
    @CsvSource({"61,UNHEALTHY", "60.001,UNHEALTHY", "60.000,FITS", "60,FITS", "0,FITS"})
    void an_asset_is_healthy_enough_from_the_least_that_is_asked_for_on(BigDecimal least, Fit fit) {
        assertThat(new Question(hint(null, Map.of()), "USD", least, false)
                        .of(asset(Map.of()))
                        .fit())
                .isEqualTo(fit);
    }

    @ParameterizedTest
    @CsvSource({
        "ip.uk,FITS",
        "ip.uk*,FITS",
        "ip.u*,FITS",
        "*,FITS",
        "ip.u,OTHER_SKU",
        "ip.uk.*,OTHER_SKU",
        "p*,OTHER_SKU"
    })
    void a_star_stands_for_whatever_follows_and_nothing_else_does(String sku, Fit fit) {
        assertThat(asked(hint(sku, Map.of()), false, Map.of()).fit()).isEqualTo(fit);
    }

    @Test
    void a_datacenter_is_refused_where_it_is_forbidden_and_so_is_one_that_does_not_say() {
        ResourceHint any = hint(null, Map.of());
        assertThat(asked(any, true, Map.of("no_datacenter", true)).fit()).isEqualTo(Fit.FITS);
        assertThat(asked(any, true, Map.of("no_datacenter", false)).code()).isEqualTo("attributes.no_datacenter");
        assertThat(asked(any, true, Map.of()).code()).isEqualTo("attributes.no_datacenter");
        assertThat(asked(any, false, Map.of("no_datacenter", false)).fit()).isEqualTo(Fit.FITS);
    }

    @Test
    void nothing_fits_a_hint_that_asks_for_what_a_constraint_forbids() {
        ResourceHint contradiction = hint(null, Map.of("no_datacenter", false));
        for (boolean has : new boolean[] {true, false}) {
            assertThat(asked(contradiction, true, Map.of("no_datacenter", has)).fit())
                    .isEqualTo(Fit.LACKS_ATTRIBUTE);
        }
    }

    @Test
    void of_several_attributes_that_it_lacks_the_first_by_name_is_told() {
        ResourceHint several = hint(null, Map.of("c", 1, "a", "x", "b", true));
        assertThat(asked(several, false, Map.of("a", "x")).code()).isEqualTo("attributes.b");
        assertThat(asked(several, false, Map.of("a", "x", "b", true, "c", 1.0)).fit())
                .isEqualTo(Fit.FITS);
        assertThat(asked(several, false, Map.of("a", "x", "b", "true", "c", 1)).code())
                .isEqualTo("attributes.b");
    }

    private static Question.Answer asked(ResourceHint hint, boolean noDatacenterIp, Map<String, Object> has) {
        return new Question(hint, "USD", BigDecimal.ZERO, noDatacenterIp).of(asset(has));
    }

    private static ResourceHint hint(@Nullable String sku, Map<String, Object> attributes) {
        return new ResourceHint("RAW_NET", sku, 1, attributes);
    }

    private static PoolAsset asset(Map<String, Object> attributes) {
        return new PoolAsset(
                "ip",
                "RAW_NET",
                "ip.uk",
                attributes,
                AssetStatus.AVAILABLE,
                new BigDecimal("60.0"),
                BigDecimal.ONE,
                "USD",
                1,
                null,
                0,
                Set.of(),
                List.of());
    }
}
