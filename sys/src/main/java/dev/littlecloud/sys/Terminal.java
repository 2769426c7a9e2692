package dev.littlecloud.sys;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/** Terminals of the host: termios(3) and ioctl_tty(2). */
public final class Terminal {
    /** sizeof(struct termios) of glibc and musl on x86-64. */
    private static final int TERMIOS_BYTES = 60;

    private static final int TCSADRAIN = 1;
    private static final long TIOCGWINSZ = 0x5413;

    private static final Linker LINKER = Linker.nativeLinker();
    private static final MethodHandle ISATTY =
            function("isatty", FunctionDescriptor.of(JAVA_INT, JAVA_INT));
    private static final MethodHandle TCGETATTR =
            function("tcgetattr", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS));
    private static final MethodHandle TCSETATTR =
            function("tcsetattr", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS));
    private static final MethodHandle CFMAKERAW =
            function("cfmakeraw", FunctionDescriptor.ofVoid(ADDRESS));
    private static final MethodHandle IOCTL =
            function(
                    "ioctl",
                    FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG, ADDRESS),
                    Linker.Option.firstVariadicArg(2));

    private Terminal() {}

    /** The settings of a terminal, to be put back later. */
    public static final class Settings {
        private final byte[] termios;

        private Settings(byte[] termios) {
            this.termios = termios;
        }
    }

    /** Rows and columns of a terminal's window. */
    public record Window(int rows, int columns) {}

    /** Whether a file descriptor is a terminal. */
    public static boolean isTerminal(int fd) {
        try {
            // SAFETY: isatty takes a number and touches no memory of ours.
            return (int) ISATTY.invokeExact(fd) == 1;
        } catch (Throwable impossible) {
            throw new AssertionError(impossible);
        }
    }

    /**
     * Makes a terminal pass each byte unchanged in both directions, as cfmakeraw(3) says.
     *
     * @return the settings it had before
     */
    public static Settings makeRaw(int fd) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment termios = arena.allocate(TERMIOS_BYTES, 8);
            // SAFETY: tcgetattr fills one struct termios, which is what the segment holds.
            if ((int) TCGETATTR.invokeExact(fd, termios) != 0) {
                throw new IOException("file descriptor " + fd + " is not a terminal");
            }
            Settings before = new Settings(termios.toArray(ValueLayout.JAVA_BYTE));
            // SAFETY: cfmakeraw changes flags inside of the struct and nothing else.
            CFMAKERAW.invokeExact(termios);
            set(fd, termios);
            return before;
        } catch (IOException failure) {
            throw failure;
        } catch (Throwable impossible) {
            throw new AssertionError(impossible);
        }
    }

    /** Gives a terminal settings it had before, once its output is written. */
    public static void restore(int fd, Settings settings) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment termios = arena.allocate(TERMIOS_BYTES, 8);
            MemorySegment.copy(
                    settings.termios, 0, termios, ValueLayout.JAVA_BYTE, 0, TERMIOS_BYTES);
            set(fd, termios);
        }
    }

    private static void set(int fd, MemorySegment termios) throws IOException {
        int result;
        try {
            // SAFETY: tcsetattr reads one struct termios.
            result = (int) TCSETATTR.invokeExact(fd, TCSADRAIN, termios);
        } catch (Throwable impossible) {
            throw new AssertionError(impossible);
        }
        if (result != 0) {
            throw new IOException("the terminal refused its settings");
        }
    }

    /** The size of a terminal's window; zeros where nobody set one. */
    public static Window window(int fd) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment winsize = arena.allocate(8, 8);
            int result;
            try {
                // SAFETY: TIOCGWINSZ fills struct winsize, four unsigned shorts.
                result = (int) IOCTL.invokeExact(fd, TIOCGWINSZ, winsize);
            } catch (Throwable impossible) {
                throw new AssertionError(impossible);
            }
            if (result != 0) {
                throw new IOException("file descriptor " + fd + " has no window size");
            }
            return new Window(
                    Short.toUnsignedInt(winsize.get(JAVA_SHORT, 0)),
                    Short.toUnsignedInt(winsize.get(JAVA_SHORT, 2)));
        }
    }

    private static MethodHandle function(
            String name, FunctionDescriptor type, Linker.Option... options) {
        return LINKER.downcallHandle(LINKER.defaultLookup().findOrThrow(name), type, options);
    }
}
