/// Named places around everything that must survive a crash, so that a test can end the server just there.
///
/// A server dies at a point only when its environment has `ROPEWALK_FAILPOINT=NAME[:COUNT][:kill|throw]`, or the
/// system property `ropewalk.failpoint` says so; its log then begins with a warning. Nothing in a configuration file,
/// a request or a document can arm a point. Without it a point is one read of a constant.
@NullMarked
package io.ropewalk.support.failpoint;

import org.jspecify.annotations.NullMarked;
