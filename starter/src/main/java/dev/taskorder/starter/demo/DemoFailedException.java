package dev.taskorder.starter.demo;

/** Something did not end as it should; the message is for the person who watches. */
final class DemoFailedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    DemoFailedException(String message) {
        super(message);
    }

    static void expect(boolean asItShouldBe, String otherwise) {
        if (!asItShouldBe) {
            throw new DemoFailedException(otherwise);
        }
    }
}
