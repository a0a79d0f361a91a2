package io.ropewalk.support.config;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/// Makes a record component a configuration key of the same name. A component that is itself such a record is a group.
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.RECORD_COMPONENT)
public @interface Configured {
    /// One sentence for the person who sets it.
    String value();

    /// What it is when nobody sets it, as one would write it in the file.
    String standard() default "";

    /// Decided before the file can be read, so the file must not hold it.
    boolean beforeFile() default false;
}
