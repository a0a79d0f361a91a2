package io.ropewalk.run;

import io.ropewalk.log.LogLine;
import io.ropewalk.log.Traceback;
import io.ropewalk.support.text.AnsiText;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// How a run ended, and the end of the log that shows it. Pure.
///
/// @param message the server's own words
/// @param log whose lines they are: a replica's, or `master`
/// @param exitCode of that replica, if it is known
/// @param tail the last lines of the log
record Evidence(
        FailureCause failure,
        String message,
        String log,
        int attempt,
        @Nullable Integer exitCode,
        List<LogLine> tail) {
    private static final int LINES_WITHOUT_TRACEBACK = 12;
    private static final int LINES_SEARCHED = 40;
    /// A traceback that far before the end was not the end.
    private static final int STILL_THE_END = 200;
    private static final int JUST_BEFORE = 5;
    private static final int LONGEST = 240;
    private static final Pattern WRAPPER =
            Pattern.compile("(?:CalledProcessError|ChildFailedError|ProcessRaisedException|ProcessExitedException)\\b");
    private static final Pattern FRAME = Pattern.compile("^ +File \"([^\"]+)\", line (\\d+)(?:, in (.+))?");
    private static final Pattern SOMEBODY_ELSES =
            Pattern.compile("/(?:site|dist)-packages/|/lib/python[\\d.]+/|<frozen |^<");

    Evidence {
        tail = List.copyOf(tail);
    }

    Diagnosis diagnosis() {
        return switch (failure) {
            case USER_EXIT -> ofProgram();
            case OUT_OF_MEMORY ->
                inTail(new Symptom(
                        "out-of-memory",
                        who() + " used more memory than its limit",
                        "The kernel ended it when it asked for more than the role's limit.",
                        "Give the role more with limits: {memory: …}, or load less at once."));
            case TIMED_OUT ->
                inTail(new Symptom(
                        "timed-out",
                        "The run took longer than its task allows",
                        sentence(message),
                        "Raise the task's timeout, or make the work smaller. The lines show how far it got."));
            case SCHEDULE_TIMEOUT ->
                inTail(new Symptom(
                        "schedule-timeout",
                        "There was no room for the run in time",
                        sentence(message),
                        "Ask for less, wait for other runs to end, or raise the task's scheduleTimeout."));
            case SOURCE_MISSING ->
                inTail(new Symptom(
                        "source-missing",
                        "A source's files could not be had",
                        sentence(message),
                        "Check the source's address, branch and secret in the tab Sources, then start again."));
            case ENVIRONMENT_FAILED -> ofEnvironment();
            case IMAGE_MISSING ->
                inTail(new Symptom(
                        "image-missing",
                        "The image could not be had",
                        sentence(message),
                        "Check the image's name and who may pull it."));
            case PREEMPTED ->
                inTail(new Symptom(
                        "preempted",
                        "The run had to make room for another",
                        sentence(message),
                        "Start it again; with restarts it does so by itself."));
            case SETUP_FAILED ->
                inTail(new Symptom(
                        "setup-failed",
                        "The run could not be set up",
                        sentence(message),
                        "The lines say which part of its definition the machine could not give."));
            case CLUSTER_LOST ->
                inTail(new Symptom(
                        "lost",
                        who() + " was lost",
                        sentence(message),
                        "Nobody saw how it ended: the machine may have been restarted. Start the run again."));
        };
    }

    private Diagnosis ofProgram() {
        int signal = exitCode == null ? 0 : exitCode < 0 ? -exitCode : exitCode > 128 ? exitCode - 128 : 0;
        Optional<Traceback> traceback = traceback().filter(found -> found.after() <= reach(signal));
        if (traceback.isPresent()) {
            return of(traceback.get());
        }
        Optional<Diagnosis> named = ofLines();
        if (named.isPresent()) {
            return named.get();
        }
        if (signal > 0 && signal < 65) {
            return inTail(Symptom.ofSignal(signal));
        }
        return inTail(new Symptom(
                "exit-code",
                exitCode == null ? who() + " failed" : "%s ended with exit code %d".formatted(who(), exitCode),
                "The program ended by itself and named no error that is known here.",
                "Its last lines may say why."));
    }

    /// What was killed did not end by what it had said long before.
    private static int reach(int signal) {
        return signal == 0 || signal == 6 ? STILL_THE_END : JUST_BEFORE;
    }

    /// The last one, or the one before it where the last only says that another program has failed.
    private Optional<Traceback> traceback() {
        List<Traceback> all = Traceback.in(tail);
        if (all.isEmpty()) {
            return Optional.empty();
        }
        boolean wraps = WRAPPER.matcher(all.getLast().errors().getFirst()).find();
        return Optional.of(wraps && all.size() > 1 ? all.get(all.size() - 2) : all.getLast());
    }

    private Diagnosis of(Traceback traceback) {
        String error = shortened(traceback.errors().getFirst());
        for (String each : traceback.errors()) {
            Optional<Symptom> known = Symptom.of(each);
            if (known.isPresent()) {
                Symptom symptom = known.get();
                return diagnosis(
                        new Symptom(
                                symptom.cause(),
                                symptom.headline(),
                                symptom.meaning() + place(traceback),
                                symptom.remedy()),
                        traceback.lines());
            }
        }
        String because = traceback.errors().size() == 1
                ? ""
                : " It came of: " + shortened(traceback.errors().getLast()) + ".";
        return diagnosis(
                new Symptom(
                        "exception",
                        error,
                        "The program ended with an error of its own." + because + place(traceback),
                        "Look at the line that raised it; `ropewalk again` starts the same again with a change."),
                traceback.lines());
    }

    /// Where in the user's own files it was raised.
    private static String place(Traceback traceback) {
        String place = "";
        for (LogLine line : traceback.lines()) {
            Matcher frame = FRAME.matcher(shortened(line.text()));
            if (frame.find() && !SOMEBODY_ELSES.matcher(frame.group(1)).find()) {
                String file = frame.group(1).substring(frame.group(1).lastIndexOf('/') + 1);
                String in = frame.group(3) == null || frame.group(3).startsWith("<") ? "" : ", in " + frame.group(3);
                place = " It happened in %s, line %s%s.".formatted(file, frame.group(2), in);
            }
        }
        return place;
    }

    private Optional<Diagnosis> ofLines() {
        for (int i = tail.size() - 1; i >= Math.max(0, tail.size() - LINES_SEARCHED); i--) {
            Optional<Symptom> symptom = Symptom.of(plain(tail.get(i)));
            if (symptom.isPresent()) {
                int from = Math.max(0, i - LINES_WITHOUT_TRACEBACK / 2);
                int to = Math.min(tail.size(), i + LINES_WITHOUT_TRACEBACK / 2);
                return Optional.of(diagnosis(symptom.get(), tail.subList(from, to)));
            }
        }
        return Optional.empty();
    }

    private Diagnosis ofEnvironment() {
        Symptom general = new Symptom(
                "environment-failed",
                "The packages of the run's environment could not be installed",
                sentence(message),
                "Correct the packages or the version of Python in the task's environment.");
        List<String> said = new ArrayList<>(message.lines().toList());
        tail.forEach(line -> said.add(plain(line)));
        return inTail(said.stream()
                .map(Symptom::of)
                .flatMap(Optional::stream)
                .filter(symptom -> symptom.cause().equals("environment-failed")
                        || symptom.cause().equals("network"))
                .findFirst()
                .orElse(general));
    }

    private Diagnosis inTail(Symptom symptom) {
        List<LogLine> last = new ArrayList<>(tail);
        while (!last.isEmpty() && last.getLast().text().isBlank()) {
            last.removeLast();
        }
        return diagnosis(symptom, last.subList(Math.max(0, last.size() - LINES_WITHOUT_TRACEBACK), last.size()));
    }

    private Diagnosis diagnosis(Symptom symptom, List<LogLine> lines) {
        return new Diagnosis(
                symptom.cause(), symptom.headline(), symptom.meaning(), symptom.remedy(), log, attempt, 0, lines);
    }

    private String who() {
        return log.equals("master") ? "The run" : log + (attempt > 1 ? " (attempt %d)".formatted(attempt) : "");
    }

    private static String plain(LogLine line) {
        return AnsiText.plain(line.text());
    }

    private static String sentence(String text) {
        String cut = shortened(text.strip());
        return cut.isEmpty() || cut.endsWith(".") || cut.endsWith("…") ? cut : cut + ".";
    }

    private static String shortened(String text) {
        return text.length() <= LONGEST ? text : text.substring(0, LONGEST - 1) + "…";
    }
}
