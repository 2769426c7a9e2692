package dev.littlecloud.kernel.mm;

import dev.littlecloud.machine.GuestMemory;
import dev.littlecloud.machine.PageTables;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/** {@link UserMemory} of an address space, by walking its page tables. */
final class UserCopy implements UserMemory {
    private static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED;
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED;
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED;
    private static final VarHandle ATOMIC_INT = ValueLayout.JAVA_INT.varHandle();
    private static final long IN_PAGE = Frames.SIZE - 1;

    private final AddressSpace space;
    private final GuestMemory memory;
    private final Frames frames;
    private final MemorySegment ram;
    private final PageTables tables;

    UserCopy(AddressSpace space, GuestMemory memory, Frames frames, PageTables tables) {
        this.space = space;
        this.frames = frames;
        this.memory = memory;
        this.ram = memory.ram();
        this.tables = tables;
    }

    /** The guest-physical address behind an address, brought in if need be. */
    private long physical(long address, boolean write) {
        long page = address & -Frames.SIZE;
        if (Long.compareUnsigned(address, PageTables.USER_END) >= 0) {
            throw GuestFault.INSTANCE;
        }
        long needed = write ? PageTables.PRESENT | PageTables.WRITABLE : PageTables.PRESENT;
        long entry = tables.entry(page);
        if ((entry & needed) != needed) {
            if (!bringIn(address, write)) {
                throw GuestFault.INSTANCE;
            }
            entry = tables.entry(page);
        }
        return Pte.address(entry) | (address & IN_PAGE);
    }

    /** As a fault of the program would; where memory ran out, another process may end for it. */
    private boolean bringIn(long address, boolean write) {
        int access = write ? Vma.WRITE : Vma.READ;
        FaultResult result = space.fault(address, access);
        if (result == FaultResult.OUT_OF_MEMORY && frames.relieve()) {
            result = space.fault(address, access);
        }
        return result == FaultResult.RESOLVED;
    }

    private MemorySegment segment(long physical) {
        return memory.isRam(physical) ? ram : memory.at(physical & -Frames.SIZE, Frames.SIZE);
    }

    private long offset(long physical) {
        return memory.isRam(physical) ? physical - GuestMemory.RAM_BASE : physical & IN_PAGE;
    }

    private static boolean crossesPage(long address, int bytes) {
        return (address & IN_PAGE) > Frames.SIZE - bytes;
    }

    @Override
    public byte readByte(long address) {
        long at = physical(address, false);
        return segment(at).get(ValueLayout.JAVA_BYTE, offset(at));
    }

    @Override
    public short readShort(long address) {
        if (crossesPage(address, Short.BYTES)) {
            return (short) ((readByte(address) & 0xFF) | (readByte(address + 1) << 8));
        }
        long at = physical(address, false);
        return segment(at).get(SHORT, offset(at));
    }

    @Override
    public int readInt(long address) {
        if (crossesPage(address, Integer.BYTES)) {
            return (readShort(address) & 0xFFFF) | (readShort(address + 2) << 16);
        }
        long at = physical(address, false);
        return segment(at).get(INT, offset(at));
    }

    @Override
    public long readLong(long address) {
        if (crossesPage(address, Long.BYTES)) {
            return (readInt(address) & 0xFFFF_FFFFL) | ((long) readInt(address + 4) << 32);
        }
        long at = physical(address, false);
        return segment(at).get(LONG, offset(at));
    }

    @Override
    public void writeByte(long address, byte value) {
        long at = physical(address, true);
        segment(at).set(ValueLayout.JAVA_BYTE, offset(at), value);
    }

    @Override
    public void writeShort(long address, short value) {
        if (crossesPage(address, Short.BYTES)) {
            writeByte(address, (byte) value);
            writeByte(address + 1, (byte) (value >> 8));
            return;
        }
        long at = physical(address, true);
        segment(at).set(SHORT, offset(at), value);
    }

    @Override
    public void writeInt(long address, int value) {
        if (crossesPage(address, Integer.BYTES)) {
            writeShort(address, (short) value);
            writeShort(address + 2, (short) (value >> 16));
            return;
        }
        long at = physical(address, true);
        segment(at).set(INT, offset(at), value);
    }

    @Override
    public void writeLong(long address, long value) {
        if (crossesPage(address, Long.BYTES)) {
            writeInt(address, (int) value);
            writeInt(address + 4, (int) (value >> 32));
            return;
        }
        long at = physical(address, true);
        segment(at).set(LONG, offset(at), value);
    }

    @Override
    public void read(long address, MemorySegment target, long offset, long length) {
        long done = 0;
        while (done < length) {
            long at = physical(address + done, false);
            long part = Math.min(length - done, Frames.SIZE - (at & IN_PAGE));
            MemorySegment.copy(segment(at), offset(at), target, offset + done, part);
            done += part;
        }
    }

    @Override
    public void write(long address, MemorySegment source, long offset, long length) {
        long done = 0;
        while (done < length) {
            long at = physical(address + done, true);
            long part = Math.min(length - done, Frames.SIZE - (at & IN_PAGE));
            MemorySegment.copy(source, offset + done, segment(at), offset(at), part);
            done += part;
        }
    }

    @Override
    public void writeZeros(long address, long length) {
        long done = 0;
        while (done < length) {
            long at = physical(address + done, true);
            long part = Math.min(length - done, Frames.SIZE - (at & IN_PAGE));
            segment(at).asSlice(offset(at), part).fill((byte) 0);
            done += part;
        }
    }

    @Override
    public @Nullable String readString(long address, int limit) {
        byte[] bytes = new byte[Math.min(limit, 64)];
        int length = 0;
        while (length < limit) {
            long at = physical(address + length, false);
            int part = (int) Math.min(limit - length, Frames.SIZE - (at & IN_PAGE));
            MemorySegment from = segment(at);
            long start = offset(at);
            for (int i = 0; i < part; i++) {
                byte next = from.get(ValueLayout.JAVA_BYTE, start + i);
                if (next == 0) {
                    return latin(bytes, length);
                }
                if (length == bytes.length) {
                    bytes = java.util.Arrays.copyOf(bytes, Math.min(limit, length * 2));
                }
                bytes[length++] = next;
            }
        }
        return null;
    }

    @SuppressWarnings("deprecation") // the one constructor that copies bytes to chars unchanged
    private static String latin(byte[] bytes, int length) {
        return new String(bytes, 0, 0, length);
    }

    @Override
    public long accessible(long address, long length, boolean write) {
        long done = 0;
        while (done < length) {
            long at = address + done;
            if (Long.compareUnsigned(at, PageTables.USER_END) >= 0) {
                return done;
            }
            long entry = tables.entry(at & -Frames.SIZE);
            long needed = write ? PageTables.PRESENT | PageTables.WRITABLE : PageTables.PRESENT;
            if ((entry & needed) != needed && !bringIn(at, write)) {
                return done;
            }
            done += Frames.SIZE - (at & IN_PAGE);
        }
        return length;
    }

    @Override
    public int compareAndExchangeInt(long address, int expected, int value) {
        if ((address & 3) != 0) {
            throw GuestFault.INSTANCE;
        }
        long at = physical(address, true);
        return (int) ATOMIC_INT.compareAndExchange(segment(at), offset(at), expected, value);
    }
}
