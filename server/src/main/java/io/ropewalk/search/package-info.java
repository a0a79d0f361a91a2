/// Finds quickly which parts of logs may hold a text, so that only those need to be read. The index lies in `search`
/// in the data directory and is derived: it may be deleted at any time and is made again from the logs. Knows runs
/// and logs by their names only. Uses `log` and Lucene.
///
/// Invariants: a part that is not named by an answer does not hold the text; what has not been indexed is always
/// told, never left out; nothing that goes wrong here keeps a log from being searched.
@NullMarked
package io.ropewalk.search;

import org.jspecify.annotations.NullMarked;
