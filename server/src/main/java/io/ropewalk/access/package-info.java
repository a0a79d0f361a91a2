/// Who is calling, what they may do and what they may see. Everyone is somebody: a person, a run, a service. Uses only
/// `support`; knows ids of other things but not the things.
@NullMarked
package io.ropewalk.access;

import org.jspecify.annotations.NullMarked;
