package dev.taskorder.trials;

/** One question to real processes, answered in numbers. */
interface Trial {
    /** How {@code --only} calls it. */
    String name();

    /**
     * Measures; stops all it started before it returns.
     *
     * @throws Exception if it could not be measured, which is not the same as a bar missed
     */
    void run(Setup setup, Report report) throws Exception;
}
