package dev.taskorder.trials;

/** What a value has to reach. */
record Bar(Kind kind, double limit) {
    enum Kind {
        AT_LEAST("≥"),
        AT_MOST("≤");

        private final String sign;

        Kind(String sign) {
            this.sign = sign;
        }
    }

    static Bar atLeast(double limit) {
        return new Bar(Kind.AT_LEAST, limit);
    }

    static Bar atMost(double limit) {
        return new Bar(Kind.AT_MOST, limit);
    }

    boolean isMetBy(double value) {
        return kind == Kind.AT_LEAST ? value >= limit : value <= limit;
    }

    String inWords() {
        return kind.sign + " " + Figure.shown(limit);
    }
}
