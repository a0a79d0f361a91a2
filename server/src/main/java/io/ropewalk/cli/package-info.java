/// The command line. Talks to a server over HTTP like any other client; only `up` and `demo` start one in this
/// process. A call is a process of its own, so what a verb does not need is not loaded: one verb's class, a
/// streaming JSON parser, `HttpURLConnection`.
///
/// Exit codes: a followed run's own; 1 the person can put it right; 2 usage; 3 no server answers.
@NullMarked
package io.ropewalk.cli;

import org.jspecify.annotations.NullMarked;
