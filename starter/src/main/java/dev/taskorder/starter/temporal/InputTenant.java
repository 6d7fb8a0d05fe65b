package dev.taskorder.starter.temporal;

import dev.taskorder.api.order.AttemptRef;
import dev.taskorder.api.tenant.TenantId;
import io.temporal.common.converter.DataConverterException;
import io.temporal.common.converter.EncodedValues;
import java.lang.reflect.Method;
import java.lang.reflect.RecordComponent;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The tenant that an activity's one argument names: every command of ours is a record with a {@link TenantId}. */
final class InputTenant {
    private static final ClassValue<Optional<Method>> ACCESSORS = new ClassValue<>() {
        @Override
        protected Optional<Method> computeValue(Class<?> type) {
            if (type.isRecord()) {
                for (RecordComponent component : type.getRecordComponents()) {
                    if (component.getType() == TenantId.class) {
                        return Optional.of(component.getAccessor());
                    }
                }
            }
            return Optional.empty();
        }
    };

    private InputTenant() {}

    static Optional<TenantId> of(@Nullable Object @Nullable [] arguments) {
        if (arguments == null || arguments.length != 1 || arguments[0] == null) {
            return Optional.empty();
        }
        Object argument = arguments[0] instanceof EncodedValues encoded ? attemptOf(encoded) : arguments[0];
        return argument == null
                ? Optional.empty()
                : ACCESSORS.get(argument.getClass()).flatMap(accessor -> read(accessor, argument));
    }

    private static @Nullable Object attemptOf(EncodedValues encoded) {
        try {
            return encoded.getSize() == 1 ? encoded.get(0, AttemptRef.class) : null;
        } catch (DataConverterException e) {
            return null;
        }
    }

    private static Optional<TenantId> read(Method accessor, Object argument) {
        try {
            return Optional.ofNullable((TenantId) accessor.invoke(argument));
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("an activity's command must be a public record", e);
        }
    }
}
