/// What extension authors implement, and the few nouns that they share with the server: ids, errors, and one
/// package per contract. It depends on nothing; a type belongs here only when both sides must name it.
@NullMarked
package io.ropewalk.spi;

import org.jspecify.annotations.NullMarked;
