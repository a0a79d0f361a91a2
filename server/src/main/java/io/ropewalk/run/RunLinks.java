package io.ropewalk.run;

/// Where people find a run.
final class RunLinks {
    private RunLinks() {}

    static String page(String server, Run run) {
        return "%s/w/%s/projects/%s/runs/%d"
                .formatted(server, run.home().workspace(), run.home().project(), run.number());
    }
}
