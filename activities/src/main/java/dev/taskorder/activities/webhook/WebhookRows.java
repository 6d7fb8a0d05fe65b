package dev.taskorder.activities.webhook;

import dev.taskorder.api.webhook.Webhook;
import dev.taskorder.api.webhook.WebhookDelivery;
import dev.taskorder.api.webhook.WebhookSpec;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Rows of {@code webhook} and {@code webhook_delivery}. */
final class WebhookRows {
    static final String WEBHOOK = "webhook_id, url, types, env, why, owner, failing_since, created_at, updated_at";
    static final String DELIVERY =
            "delivery_id, seq, event_type, object, status, attempts, next_attempt_at, last_attempt_at,"
                    + " response_status, response_ms, error";

    private WebhookRows() {}

    static Webhook webhook(ResultSet row, int rowNum) throws SQLException {
        String why = row.getString("why");
        return new Webhook(
                new WebhookSpec(
                        row.getString("webhook_id"),
                        row.getString("url"),
                        List.of((String[]) row.getArray("types").getArray()),
                        row.getString("env")),
                why == null ? null : Webhook.Why.of(why),
                row.getString("owner"),
                instant(row, "failing_since"),
                row.getObject("created_at", OffsetDateTime.class).toInstant(),
                row.getObject("updated_at", OffsetDateTime.class).toInstant());
    }

    static WebhookDelivery delivery(ResultSet row, int rowNum) throws SQLException {
        return new WebhookDelivery(
                row.getObject("delivery_id", UUID.class),
                row.getLong("seq"),
                row.getString("event_type"),
                row.getString("object"),
                WebhookDelivery.Status.valueOf(row.getString("status")),
                row.getInt("attempts"),
                instant(row, "next_attempt_at"),
                instant(row, "last_attempt_at"),
                row.getObject("response_status", Integer.class),
                row.getObject("response_ms", Long.class),
                row.getString("error"));
    }

    private static @Nullable Instant instant(ResultSet row, String column) throws SQLException {
        OffsetDateTime time = row.getObject(column, OffsetDateTime.class);
        return time == null ? null : time.toInstant();
    }
}
