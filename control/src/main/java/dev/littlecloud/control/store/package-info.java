/** The state in SQLite: one writer, migrations, secrets encrypted. */
@NullMarked
package dev.littlecloud.control.store;

import org.jspecify.annotations.NullMarked;
