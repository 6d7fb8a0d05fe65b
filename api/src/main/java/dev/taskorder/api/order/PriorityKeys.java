package dev.taskorder.api.order;

/** Temporal knows five priorities, 1 the most urgent; an order has 0 to 100, 100 the most urgent. */
public final class PriorityKeys {
    private static final int LEAST_URGENT = 5;
    private static final int ORDER_PRIORITIES_PER_KEY = 20;

    private PriorityKeys() {}

    /** 80 and more is 1, 60 is 2, 40 is 3, 20 is 4, less is 5. */
    public static int of(int orderPriority) {
        return Math.max(1, LEAST_URGENT - Math.max(0, orderPriority) / ORDER_PRIORITIES_PER_KEY);
    }
}
