package dev.taskorder.starter.temporal;

import dev.taskorder.api.order.AttemptRef;
import dev.taskorder.api.order.OrderCommand;
import io.temporal.common.converter.DataConverterException;
import io.temporal.common.converter.EncodedValues;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The order that an activity's one argument names. */
final class InputCommand {
    private InputCommand() {}

    /** Nothing where it names no tenant or no order, for whoever starts a workflow writes what they like. */
    static Optional<OrderCommand> of(@Nullable Object @Nullable [] arguments) {
        if (arguments == null || arguments.length != 1) {
            return Optional.empty();
        }
        Object argument = arguments[0] instanceof EncodedValues encoded ? attemptOf(encoded) : arguments[0];
        return argument instanceof OrderCommand command && command.tenant() != null && command.taskId() != null
                ? Optional.of(command)
                : Optional.empty();
    }

    private static @Nullable Object attemptOf(EncodedValues encoded) {
        try {
            return encoded.getSize() == 1 ? encoded.get(0, AttemptRef.class) : null;
        } catch (DataConverterException e) {
            return null;
        }
    }
}
