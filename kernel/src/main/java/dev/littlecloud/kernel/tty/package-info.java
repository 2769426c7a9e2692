/**
 * Terminals: settings and the line discipline (termios(3)), pseudo-terminal pairs (pty(7)), the
 * terminal's side of job control, and the pair whose master is the host's terminal.
 *
 * <p>Bytes flow master → {@link dev.littlecloud.kernel.tty.LineDiscipline#receive} → the slave's
 * reader, and the slave's writer (and the echo) → {@link
 * dev.littlecloud.kernel.tty.OutputProcessor} → the master's reader; both ways bounded. Everything
 * here is guarded by the instance lock; only {@link dev.littlecloud.kernel.tty.Console} is
 * called from outside and takes it itself. Linux' n_tty is the model, and the tests compare with it.
 */
@NullMarked
package dev.littlecloud.kernel.tty;

import org.jspecify.annotations.NullMarked;
