/// Configuration: records whose components are the keys. [SettingsReader] fills them from defaults, the file
/// `ropewalk.yaml`, the environment and flags, in that order, and reports every problem at once, each with the
/// place it came from. Knows no business word except in [ServerSettings], the list of the server's own keys.
@NullMarked
package io.ropewalk.support.config;

import org.jspecify.annotations.NullMarked;
