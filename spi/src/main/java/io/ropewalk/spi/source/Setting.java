package io.ropewalk.spi.source;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/// Says what a setting means, for the form, the schema and the documentation.
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.RECORD_COMPONENT)
public @interface Setting {
    String value();

    boolean required() default false;

    /// Stored apart, shown to nobody.
    boolean secret() default false;
}
