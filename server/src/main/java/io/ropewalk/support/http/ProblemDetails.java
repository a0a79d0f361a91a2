package io.ropewalk.support.http;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.ropewalk.spi.ErrorCode;
import io.ropewalk.spi.RopewalkException;
import java.util.List;
import java.util.Locale;

/// An error as clients see it (RFC 9457, `application/problem+json`).
///
/// @param detail what happened to which thing, why, and what to do next
/// @param code the same word in the SDK and the command line
/// @param problems every single thing that is wrong, for documents
public record ProblemDetails(
        String type,
        String title,
        int status,
        String detail,
        ErrorCode code,
        String requestId,
        @JsonInclude(JsonInclude.Include.NON_EMPTY) List<Record> problems) {
    static final String MEDIA_TYPE = "application/problem+json";

    static ProblemDetails of(RopewalkException e, String requestId) {
        String words = e.code().name().toLowerCase(Locale.ROOT).replace('_', ' ');
        return new ProblemDetails(
                "about:blank",
                Character.toUpperCase(words.charAt(0)) + words.substring(1),
                e.code().status(),
                String.valueOf(e.getMessage()),
                e.code(),
                requestId,
                e.problems());
    }
}
