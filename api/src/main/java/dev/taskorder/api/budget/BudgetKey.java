package dev.taskorder.api.budget;

/**
 * What names a budget of the tenant.
 *
 * @param id the tenant's own id, or a {@code project_id}
 */
public record BudgetKey(String env, BudgetScope scope, String id) {}
