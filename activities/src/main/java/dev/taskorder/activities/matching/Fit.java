package dev.taskorder.activities.matching;

/** Whether an asset of a hint's category can serve it, and if not, the first reason in this order. */
enum Fit {
    OTHER_SKU("sku_code"),
    OTHER_CURRENCY("currency"),
    /** With the attribute's name behind it. */
    LACKS_ATTRIBUTE("attributes."),
    /** Up to here by its nature: only a change of the asset would mend it. */
    RETIRED("retired"),
    /** As a substitute only: less healthy than the policy's floor, whatever else keeps it. */
    BELOW_FLOOR("health_score"),
    BANNED("banned"),
    COOLING_DOWN("cooling_down"),
    UNHEALTHY("health_score"),
    FITS("");

    private final String code;

    Fit(String code) {
        this.code = code;
    }

    /** What it is called in a decision. */
    String code() {
        return code;
    }

    /** Whether an idle pool could serve with it: it fits, or may come to fit with time. */
    boolean byNature() {
        return compareTo(RETIRED) > 0;
    }
}
