package dev.taskorder.starter.temporal;

import dev.taskorder.activities.dispatch.StartDue;
import dev.taskorder.api.order.TaskOrderWorkflow;
import io.temporal.api.enums.v1.IndexedValueType;
import io.temporal.common.SearchAttributeKey;
import io.temporal.common.SearchAttributes;
import java.util.Map;

/** The search attributes of an order's workflow (api.md, "To Temporal itself"). */
final class OrderAttributes {
    private static final SearchAttributeKey<String> TENANT = SearchAttributeKey.forKeyword("TenantId");
    private static final SearchAttributeKey<String> ENV = SearchAttributeKey.forKeyword("TaskEnv");
    private static final SearchAttributeKey<String> PROJECT = SearchAttributeKey.forKeyword("ProjectId");
    private static final SearchAttributeKey<String> TYPE = SearchAttributeKey.forKeyword("TaskType");
    private static final SearchAttributeKey<String> STATUS =
            SearchAttributeKey.forKeyword(TaskOrderWorkflow.STATUS_ATTRIBUTE);
    private static final SearchAttributeKey<Long> PRIORITY =
            SearchAttributeKey.forLong(TaskOrderWorkflow.PRIORITY_ATTRIBUTE);

    /** What a namespace must know. */
    static final Map<String, IndexedValueType> TYPES = Map.of(
            TENANT.getName(), IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD,
            ENV.getName(), IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD,
            PROJECT.getName(), IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD,
            TYPE.getName(), IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD,
            STATUS.getName(), IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD,
            PRIORITY.getName(), IndexedValueType.INDEXED_VALUE_TYPE_INT);

    private OrderAttributes() {}

    static SearchAttributes atStart(StartDue start) {
        return SearchAttributes.newBuilder()
                .set(TENANT, start.tenant().value())
                .set(ENV, start.env())
                .set(PROJECT, start.projectId())
                .set(TYPE, start.taskType())
                .set(STATUS, "OPEN")
                .set(PRIORITY, (long) start.priority())
                .build();
    }
}
