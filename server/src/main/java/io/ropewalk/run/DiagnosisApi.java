package io.ropewalk.run;

import io.ropewalk.access.Caller;
import io.ropewalk.access.Right;
import io.ropewalk.spi.RunId;
import io.ropewalk.support.http.Endpoint;
import io.ropewalk.support.http.Reply;
import java.util.List;

/// Why a run failed, over HTTP.
final class DiagnosisApi {
    private final Diagnoses diagnoses;

    DiagnosisApi(Diagnoses diagnoses) {
        this.diagnoses = diagnoses;
    }

    record OfRun(RunId run) {}

    List<Endpoint<?, ?>> endpoints() {
        return List.of(Endpoint.get(
                "/api/v1/runs/{run}/diagnosis",
                Right.READ,
                OfRun.class,
                Reply.of(Diagnosis.class),
                "Say why a run failed and what helps",
                (request, call) -> diagnoses.of(Caller.of(call).scope(), request.run())));
    }
}
