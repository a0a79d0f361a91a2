/// Attacks as whole classes of requests, against a real server over its own socket. What can be generated from the
/// committed description of the API is, so that an endpoint that is added is attacked too.
@NullMarked
package io.ropewalk.attack;

import org.jspecify.annotations.NullMarked;
