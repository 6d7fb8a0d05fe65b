package dev.taskorder.activities.ledger;

/**
 * The chart of accounts. A cost moves money from the tenant's wallet to a spend account, a revenue from a revenue
 * account to the wallet; a hold sets money of the wallet aside. So every row balances, and a spend account's balance is
 * what was spent.
 */
final class Accounts {
    static final String WALLET = "wallet";
    static final String HELD = "held";
    static final String OVERRUN = "overrun";
    static final String SPEND = "spend:";
    static final String SPEND_EXECUTION = SPEND + "execution";
    static final String SPEND_MANUAL = SPEND + "manual";
    static final String REVENUE = "revenue:";
    static final String REVENUE_MANUAL = REVENUE + "manual";

    private Accounts() {}

    /** What leases of a category cost. */
    static String spendOnLeases(String skuCategory) {
        return SPEND + "lease:" + skuCategory;
    }

    /** What executors paid outside, by their kind. */
    static String spendByExecutor(String kind) {
        return SPEND + "executor:" + kind;
    }

    /** What was earned, by its kind. */
    static String revenue(String kind) {
        return REVENUE + kind;
    }
}
