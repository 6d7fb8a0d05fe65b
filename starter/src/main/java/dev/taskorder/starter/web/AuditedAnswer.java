package dev.taskorder.starter.web;

/** An answer that tells the audit log which object it is about, where the path does not name it or not all of it. */
public interface AuditedAnswer {
    /** The object's id; no accessor, so that it is no field of the answer. */
    String idOfObject();
}
