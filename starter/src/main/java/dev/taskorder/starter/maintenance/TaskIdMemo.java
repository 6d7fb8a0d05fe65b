package dev.taskorder.starter.maintenance;

import dev.taskorder.api.order.TaskOrderWorkflow;
import io.temporal.api.common.v1.Memo;
import io.temporal.api.common.v1.Payload;
import io.temporal.client.WorkflowClient;
import io.temporal.common.converter.DataConverterException;
import java.util.Optional;
import java.util.UUID;

/** Which order a workflow was started for. */
final class TaskIdMemo {
    private TaskIdMemo() {}

    /** Nothing if it was started by somebody else. */
    static Optional<UUID> read(WorkflowClient client, Memo memo) {
        Payload task = memo.getFieldsMap().get(TaskOrderWorkflow.TASK_ID_MEMO);
        if (task == null) {
            return Optional.empty();
        }
        try {
            return Optional.of(UUID.fromString(
                    client.getOptions().getDataConverter().fromPayload(task, String.class, String.class)));
        } catch (DataConverterException | IllegalArgumentException e) {
            return Optional.empty();
        }
    }
}
