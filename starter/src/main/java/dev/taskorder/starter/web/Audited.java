package dev.taskorder.starter.web;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Says what an endpoint that changes something but task orders is called in the audit log. The object's id is what the path names, or what
 * the answer does if it is an {@link AuditedAnswer}.
 */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
public @interface Audited {
    /** What is done, such as {@code asset.put}. */
    String value();

    /** The type of what it is done to, such as {@code asset}. */
    String object();
}
