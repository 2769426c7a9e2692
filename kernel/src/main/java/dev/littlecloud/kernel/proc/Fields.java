package dev.littlecloud.kernel.proc;

/** A line of values between spaces. */
final class Fields {
    private final StringBuilder line = new StringBuilder(256);

    private StringBuilder next() {
        return line.isEmpty() ? line : line.append(' ');
    }

    Fields add(long value) {
        next().append(value);
        return this;
    }

    Fields addUnsigned(long value) {
        next().append(Long.toUnsignedString(value));
        return this;
    }

    Fields add(String text) {
        next().append(text);
        return this;
    }

    /** The line with its newline. */
    @Override
    public String toString() {
        return line + "\n";
    }
}
