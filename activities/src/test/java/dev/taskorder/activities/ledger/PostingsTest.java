package dev.taskorder.activities.ledger;

import static dev.taskorder.activities.testing.Orders.anOrder;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.taskorder.activities.tenant.TenantTransactions;
import dev.taskorder.activities.testing.Application;
import dev.taskorder.activities.testing.Tenant;
import dev.taskorder.api.budget.BudgetScope;
import dev.taskorder.api.execution.Money;
import dev.taskorder.api.order.TaskOrder;
import java.math.BigDecimal;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** An attempt is posted once, and once as it is. */
class PostingsTest {
    private final Tenant tenant = Tenant.fresh();
    private TaskOrder order;
    private UUID lease;

    @BeforeEach
    void an_order_with_a_lease() {
        tenant.asset("ip", "RAW_NET", "ip.1", 1, "0.35");
        order = tenant.created(anOrder().wanting("RAW_NET", null, 1).spec());
        tenant.admitted(order);
        lease = tenant.leases(order.taskId()).get(0).leaseId();
    }

    @Test
    void the_same_bill_twice_posts_nothing_new() {
        post(bill(order, "USD", "0.02", "50"));
        List<String> once = entries();
        // by value, as money is
        post(bill(order, "USD", "0.020", "50.00"));
        assertThat(entries()).isEqualTo(once).hasSize(6);
    }

    @Test
    void a_bill_that_was_covered_in_part_posts_nothing_new_however_much_its_budget_covers_by_then() {
        tenant.budget(BudgetScope.PROJECT, "3");
        post(bill(order, "USD", "5", "50"));
        List<String> once = entries();
        tenant.budget(BudgetScope.PROJECT, "100");
        post(bill(order, "USD", "5", "50"));
        assertThat(entries()).isEqualTo(once).hasSize(7);
        assertThat(tenant.budgeted(BudgetScope.PROJECT)).isEqualTo("3 0 2.35");
    }

    @Test
    void other_content_under_the_same_id_is_an_error_that_names_it_and_changes_nothing() {
        post(bill(order, "USD", "0.02", "50"));
        List<String> before = entries();
        String attempt = order.taskId() + ":1:";

        assertThatThrownBy(() -> post(bill(order, "USD", "0.02", "51")))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("ledger entries [" + attempt + "revenue:sale] are there already with other content");
        assertThatThrownBy(() -> post(bill(order, "EUR", "0.03", "50")))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContainingAll("lease:" + lease, attempt + "execution", attempt + "revenue:sale")
                .as("a new total has an id of its own")
                .hasMessageNotContaining("cost:captcha");

        assertThat(entries()).isEqualTo(before);
    }

    @Test
    void a_lease_is_not_charged_to_another_order() {
        post(bill(order, "USD", "0.02", "50"));
        List<String> before = entries();
        TaskOrder other = tenant.created(anOrder().spec());

        assertThatThrownBy(() -> post(bill(other, "USD", "0.02", "50")))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("ledger entries [lease:" + lease + "] are there already with other content");

        assertThat(entries()).isEqualTo(before);
    }

    private Bill bill(TaskOrder of, String currency, String cost, String revenue) {
        OrderAccount account = account(of, currency);
        LeasePrice price =
                new LeasePrice(lease, new BigDecimal("0.35"), LocalDate.now(ZoneOffset.UTC), "RAW_NET", "ip.1");
        return Bill.of(account)
                .with(new Bill.OfAttempt(
                        1,
                        true,
                        List.of(price),
                        List.of(new Money("captcha", new BigDecimal(cost))),
                        List.of(),
                        List.of(new Money("sale", new BigDecimal(revenue)))));
    }

    private OrderAccount account(TaskOrder of, String currency) {
        BigDecimal none = BigDecimal.ZERO;
        String project = of.spec().projectId();
        return new OrderAccount(
                of.taskId(),
                of.spec().env(),
                project,
                currency,
                null,
                new BigDecimal("0.35"),
                none,
                none,
                none,
                null,
                1);
    }

    private void post(Bill bill) {
        tenant.as(() -> {
            Application app = Application.shared();
            app.bean(TenantTransactions.class)
                    .run(() -> app.bean(Postings.class).post(bill));
            return true;
        });
    }

    private List<String> entries() {
        return tenant.sql(jdbc -> jdbc.sql("SELECT e::text FROM ledger_entry e ORDER BY entry_no")
                .query(String.class)
                .list());
    }
}
