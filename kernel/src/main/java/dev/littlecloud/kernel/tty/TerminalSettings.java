package dev.littlecloud.kernel.tty;

import dev.littlecloud.kernel.mm.UserMemory;

/**
 * A terminal's settings, {@code struct termios}; termios(3). Immutable: a change is a new object.
 *
 * @param characters the control characters, {@link TerminalFlags#NCCS} of them
 * @param inputSpeed in bits per second
 * @param outputSpeed in bits per second
 */
public record TerminalSettings(
        int input,
        int output,
        int control,
        int local,
        byte line,
        byte[] characters,
        int inputSpeed,
        int outputSpeed) {
    /** Size of the {@code struct termios} that TCGETS fills, in bytes. */
    public static final int SIZE = 36;

    /** Size of the {@code struct termio} that TCGETA fills, in bytes. */
    private static final int OLD_CHARACTERS = 8;

    private static final int BOTHER = 0x1000;

    /** Speeds by their B constants; those above 15 have CBAUDEX set. */
    private static final int[] SPEEDS = {
        0, 50, 75, 110, 134, 150, 200, 300, 600, 1200, 1800, 2400, 4800, 9600, 19200, 38400,
    };

    private static final int[] FAST_SPEEDS = {
        0, 57600, 115200, 230400, 460800, 500000, 576000, 921600, 1000000, 1152000, 1500000,
        2000000, 2500000, 3000000, 3500000, 4000000,
    };

    /** What a new pseudo-terminal's slave has. */
    public static TerminalSettings cooked() {
        byte[] characters = new byte[TerminalFlags.NCCS];
        characters[TerminalFlags.VINTR] = 'C' - '@';
        characters[TerminalFlags.VQUIT] = '\\' - '@';
        characters[TerminalFlags.VERASE] = 0x7f;
        characters[TerminalFlags.VKILL] = 'U' - '@';
        characters[TerminalFlags.VEOF] = 'D' - '@';
        characters[TerminalFlags.VMIN] = 1;
        characters[TerminalFlags.VSTART] = 'Q' - '@';
        characters[TerminalFlags.VSTOP] = 'S' - '@';
        characters[TerminalFlags.VSUSP] = 'Z' - '@';
        characters[TerminalFlags.VREPRINT] = 'R' - '@';
        characters[13] = 'O' - '@'; // VDISCARD, which Linux has but does not act on
        characters[TerminalFlags.VWERASE] = 'W' - '@';
        characters[TerminalFlags.VLNEXT] = 'V' - '@';
        return new TerminalSettings(
                TerminalFlags.ICRNL | TerminalFlags.IXON,
                TerminalFlags.OPOST | TerminalFlags.ONLCR,
                TerminalFlags.B38400 | TerminalFlags.CS8 | TerminalFlags.CREAD,
                TerminalFlags.ISIG
                        | TerminalFlags.ICANON
                        | TerminalFlags.ECHO
                        | TerminalFlags.ECHOE
                        | TerminalFlags.ECHOK
                        | TerminalFlags.ECHOCTL
                        | TerminalFlags.ECHOKE
                        | TerminalFlags.IEXTEN,
                (byte) 0,
                characters,
                38400,
                38400);
    }

    public boolean hasInput(int flags) {
        return (input & flags) != 0;
    }

    public boolean hasOutput(int flags) {
        return (output & flags) != 0;
    }

    public boolean hasLocal(int flags) {
        return (local & flags) != 0;
    }

    /** A control character as an unsigned value; 0 means that the function is off. */
    public int character(int index) {
        return characters[index] & 0xff;
    }

    /** Whether {@code c} is the control character at {@code index}; off matches nothing. */
    public boolean is(int index, int c) {
        return c != 0 && c == character(index);
    }

    public boolean isCanonical() {
        return hasLocal(TerminalFlags.ICANON);
    }

    /** The same with other flags, for tests and for programs without a struct at hand. */
    public TerminalSettings with(int newInput, int newOutput, int newLocal) {
        return new TerminalSettings(
                newInput, newOutput, control, newLocal, line, characters, inputSpeed, outputSpeed);
    }

    public TerminalSettings withCharacter(int index, int c) {
        byte[] changed = characters.clone();
        changed[index] = (byte) c;
        return new TerminalSettings(
                input, output, control, local, line, changed, inputSpeed, outputSpeed);
    }

    /** Writes {@code struct termios}, or {@code struct termios2} with the speeds. */
    public void write(UserMemory memory, long address, boolean speeds) {
        memory.writeInt(address, input);
        memory.writeInt(address + 4, output);
        memory.writeInt(address + 8, control);
        memory.writeInt(address + 12, local);
        memory.writeByte(address + 16, line);
        memory.write(address + 17, characters, 0, TerminalFlags.NCCS);
        if (speeds) {
            memory.writeInt(address + SIZE, inputSpeed);
            memory.writeInt(address + SIZE + 4, outputSpeed);
        }
    }

    /** Reads {@code struct termios}, or {@code struct termios2} with the speeds. */
    public static TerminalSettings read(UserMemory memory, long address, boolean speeds) {
        byte[] characters = new byte[TerminalFlags.NCCS];
        memory.read(address + 17, characters, 0, characters.length);
        int control = memory.readInt(address + 8);
        int speed = speedOf(control);
        boolean explicit = speeds && (control & TerminalFlags.CBAUD) == BOTHER;
        return new TerminalSettings(
                        memory.readInt(address),
                        memory.readInt(address + 4),
                        control,
                        memory.readInt(address + 12),
                        memory.readByte(address + 16),
                        characters,
                        explicit ? memory.readInt(address + SIZE) : speed,
                        explicit ? memory.readInt(address + SIZE + 4) : speed)
                .onPseudoTerminal();
    }

    /** Writes the System V {@code struct termio} of TCGETA. */
    public void writeOld(UserMemory memory, long address) {
        memory.writeShort(address, (short) input);
        memory.writeShort(address + 2, (short) output);
        memory.writeShort(address + 4, (short) control);
        memory.writeShort(address + 6, (short) local);
        memory.writeByte(address + 8, line);
        memory.write(address + 9, characters, 0, OLD_CHARACTERS);
    }

    /** This with the low halves and first characters of a System V {@code struct termio}. */
    public TerminalSettings readOld(UserMemory memory, long address) {
        byte[] changed = characters.clone();
        memory.read(address + 9, changed, 0, OLD_CHARACTERS);
        int newControl = low(control, memory.readShort(address + 4));
        return new TerminalSettings(
                        low(input, memory.readShort(address)),
                        low(output, memory.readShort(address + 2)),
                        newControl,
                        low(local, memory.readShort(address + 6)),
                        memory.readByte(address + 8),
                        changed,
                        speedOf(newControl),
                        speedOf(newControl))
                .onPseudoTerminal();
    }

    /** A pseudo-terminal has eight bits without parity, whatever it is told. */
    private TerminalSettings onPseudoTerminal() {
        int forced =
                control & ~(TerminalFlags.CSIZE | TerminalFlags.PARENB)
                        | TerminalFlags.CS8
                        | TerminalFlags.CREAD;
        return new TerminalSettings(
                input, output, forced, local, line, characters, inputSpeed, outputSpeed);
    }

    private static int low(int whole, short half) {
        return whole & 0xffff0000 | half & 0xffff;
    }

    private static int speedOf(int control) {
        int index = control & 0xf;
        return (control & BOTHER) == 0 ? SPEEDS[index] : FAST_SPEEDS[index];
    }
}
