package dev.littlecloud.kernel.tty;

import dev.littlecloud.kernel.fs.Inode;
import dev.littlecloud.kernel.task.PollEvents;
import dev.littlecloud.kernel.task.Session;
import dev.littlecloud.kernel.task.WaitQueue;
import java.util.ArrayList;
import java.util.List;

/** A pseudo-terminal: a slave that programs take for a terminal, and a master in its place; pty(7). */
final class Pty implements LineDiscipline.Events {
    /** Most bytes on the way in either direction. */
    static final int BUFFER = 65536;

    private static final int CHUNK = 2048;

    private final PtyTable table;
    private final int index;
    private final Terminal terminal = new Terminal(this);
    private final ByteQueue screen = new ByteQueue(BUFFER);
    private final ByteQueue typed = new ByteQueue(BUFFER);
    private final LineDiscipline discipline = new LineDiscipline(screen, this);
    private final PacketStatus packets = new PacketStatus();
    private final WaitQueue slaveEvents = new WaitQueue();
    private final WaitQueue masterEvents = new WaitQueue();
    private final List<SlaveFile> slaves = new ArrayList<>(4);
    private final Inode node;
    private boolean locked = true;
    private boolean exclusive;
    private boolean masterClosed;

    /** The last slave was closed: the master reads EIO until one is opened again. */
    private boolean slaveGone;

    Pty(PtyTable table, int index, int uid) {
        this.table = table;
        this.index = index;
        this.node = new PtyNode(table.fileSystem(), this, index, uid, table.now());
    }

    int index() {
        return index;
    }

    /** The name under /dev. */
    String path() {
        return "/dev/pts/" + index;
    }

    Inode node() {
        return node;
    }

    Terminal terminal() {
        return terminal;
    }

    LineDiscipline discipline() {
        return discipline;
    }

    PacketStatus packets() {
        return packets;
    }

    /** Woken when the slave becomes readable or writable, or hangs up. */
    WaitQueue slaveEvents() {
        return slaveEvents;
    }

    /** Woken when the master becomes readable or writable, or the last slave is closed. */
    WaitQueue masterEvents() {
        return masterEvents;
    }

    /** TIOCSPTLCK: a locked slave cannot be opened. */
    boolean isLocked() {
        return locked;
    }

    void locked(boolean value) {
        locked = value;
    }

    /** TIOCEXCL: the slave cannot be opened once more. */
    boolean isExclusive() {
        return exclusive;
    }

    void exclusive(boolean value) {
        exclusive = value;
    }

    boolean isMasterClosed() {
        return masterClosed;
    }

    boolean isSlaveGone() {
        return slaveGone;
    }

    // ---- Opening and closing

    void slaveOpened(SlaveFile file) {
        slaves.add(file);
        slaveGone = false;
    }

    void slaveClosed(SlaveFile file) {
        if (slaves.remove(file) && slaves.isEmpty()) {
            slaveGone = true;
            exclusive = false;
            packets.enabled(false);
            masterEvents.wakeAll();
        }
    }

    /** The master is gone: everything on the slave's side hangs up. */
    void masterClosed() {
        if (masterClosed) {
            return;
        }
        masterClosed = true;
        table.remove(this);
        for (SlaveFile file : slaves) {
            file.hangUp();
        }
        slaves.clear();
        Session session = terminal.session();
        terminal.hangUp(session == null ? null : table.process(session.id()));
        screen.clear();
        typed.clear();
        slaveEvents.wakeAll();
    }

    // ---- Bytes

    /** What the slave's programs wrote, for the master. */
    ByteQueue screen() {
        return screen;
    }

    /** Bytes that can be typed now. */
    int typedRoom() {
        return typed.room();
    }

    /** Types bytes; how many were taken. */
    int type(byte[] source, int offset, int length) {
        int count = typed.add(source, offset, length);
        deliver();
        return count;
    }

    /** Brings typed bytes to the line discipline, as far as it has room. */
    void deliver() {
        if (typed.isEmpty()) {
            return;
        }
        byte[] chunk = new byte[Math.min(typed.size(), CHUNK)];
        while (!typed.isEmpty()) {
            int length = typed.peek(chunk, 0, chunk.length);
            int received = discipline.receive(chunk, 0, length);
            typed.skip(received);
            if (received < length) {
                break;
            }
        }
        if (discipline.isReadable()) {
            slaveEvents.wake(PollEvents.READABLE);
        }
        screenChanged();
    }

    /** Output or status arrived for the master. */
    void screenChanged() {
        if (!screen.isEmpty() || packets.hasPending()) {
            masterEvents.wake(PollEvents.READABLE);
        }
    }

    /** The slave took typed bytes: there is room for more. */
    void inputTaken() {
        deliver();
        masterEvents.wake(PollEvents.WRITABLE);
    }

    /** The master took output: there is room for more. */
    void outputTaken() {
        discipline.outputTaken();
        slaveEvents.wake(PollEvents.WRITABLE);
    }

    /** Drops what was typed and not read. */
    void flushInput() {
        typed.clear();
        discipline.flushInput();
        masterEvents.wake(PollEvents.WRITABLE);
    }

    /** Drops what was written and not read by the master. */
    void flushOutput() {
        discipline.flushOutput();
        slaveEvents.wake(PollEvents.WRITABLE);
    }

    void settings(TerminalSettings changed) {
        packets.settingsChanged(discipline.settings(), changed);
        discipline.settings(changed);
        deliver();
        screenChanged();
        slaveEvents.wakeAll();
    }

    @Override
    public void typedSignal(int signal) {
        terminal.signal(signal);
    }

    @Override
    public void outputStopped(boolean stopped) {
        packets.tell(
                stopped ? PacketStatus.STOP : PacketStatus.START,
                stopped ? PacketStatus.START : PacketStatus.STOP);
        screenChanged();
        if (!stopped) {
            slaveEvents.wake(PollEvents.WRITABLE);
        }
    }

    @Override
    public void inputFlushed() {
        packets.tell(PacketStatus.FLUSHREAD);
        screenChanged();
    }

    @Override
    public void outputFlushed() {
        packets.tell(PacketStatus.FLUSHWRITE);
        screenChanged();
    }
}
