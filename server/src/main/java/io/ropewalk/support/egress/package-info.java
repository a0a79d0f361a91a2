/// The one way out to addresses that people name. Knows no business word.
///
/// Invariants: a name is resolved once per call, every address it has is judged, and the call goes to the very
/// address that was judged. Nothing follows a redirect, nothing takes longer or reads more than it may.
@NullMarked
package io.ropewalk.support.egress;

import org.jspecify.annotations.NullMarked;
