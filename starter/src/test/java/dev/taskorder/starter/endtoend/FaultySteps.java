package dev.taskorder.starter.endtoend;

import dev.taskorder.api.order.OrderSteps;
import dev.taskorder.api.order.TaskOrderRef;
import dev.taskorder.api.order.Verdict;

/** The application's steps, with what goes wrong around them. */
final class FaultySteps implements OrderSteps {
    private final OrderSteps steps;
    private final Faults faults;

    FaultySteps(OrderSteps steps, Faults faults) {
        this.steps = steps;
        this.faults = faults;
    }

    @Override
    public Verdict admit(TaskOrderRef order) {
        return faults.around(order.tenant(), order.taskId(), "admit", () -> steps.admit(order));
    }

    @Override
    public Verdict proceed(TaskOrderRef order) {
        return faults.around(order.tenant(), order.taskId(), "proceed", () -> steps.proceed(order));
    }

    @Override
    public Verdict conclude(AttemptEnd end) {
        return faults.around(end.tenant(), end.taskId(), "conclude", () -> steps.conclude(end));
    }

    @Override
    public Verdict end(EndOrder end) {
        return faults.around(end.tenant(), end.taskId(), "end", () -> steps.end(end));
    }

    @Override
    public Integer reprioritise(Reprioritise command) {
        return faults.around(command.tenant(), command.taskId(), "reprioritise", () -> steps.reprioritise(command));
    }
}
