package dev.littlecloud.kernel.time.vdso;

import static dev.littlecloud.kernel.time.vdso.Assembler.ABOVE;
import static dev.littlecloud.kernel.time.vdso.Assembler.EQUAL;
import static dev.littlecloud.kernel.time.vdso.Assembler.NOT_BELOW;
import static dev.littlecloud.kernel.time.vdso.Assembler.NOT_EQUAL;
import static dev.littlecloud.kernel.time.vdso.Assembler.R8;
import static dev.littlecloud.kernel.time.vdso.Assembler.R9;
import static dev.littlecloud.kernel.time.vdso.Assembler.RAX;
import static dev.littlecloud.kernel.time.vdso.Assembler.RCX;
import static dev.littlecloud.kernel.time.vdso.Assembler.RDI;
import static dev.littlecloud.kernel.time.vdso.Assembler.RDX;
import static dev.littlecloud.kernel.time.vdso.Assembler.RSI;

import dev.littlecloud.kernel.time.vdso.Assembler.Label;
import java.util.ArrayList;
import java.util.List;

/**
 * The functions of the shared object. Each is a leaf that keeps the stack as it is, so one unwind
 * rule holds everywhere. Arguments come in RDI and RSI, the result goes to RAX, R8 holds the data
 * page's address.
 */
final class VdsoCode {
    private static final int NANOS_PER_SECOND = 1_000_000_000;

    private static final int SYS_GETTIMEOFDAY = 96;
    private static final int SYS_TIME = 201;
    private static final int SYS_CLOCK_GETTIME = 228;
    private static final int SYS_CLOCK_GETRES = 229;
    private static final int SYS_GETCPU = 309;

    /**
     * A function in the code.
     *
     * @param name without the prefix {@code __vdso_}
     * @param offset in bytes from the start of the code
     */
    record Function(String name, int offset, int size) {}

    private final Assembler code = new Assembler();
    private final List<Function> functions = new ArrayList<>();
    private final int dataPage;

    /**
     * @param dataPage address of the data page relative to the start of the code
     */
    VdsoCode(int dataPage) {
        this.dataPage = dataPage;
        function("clock_gettime", this::clockGettime);
        function("gettimeofday", this::gettimeofday);
        function("time", this::time);
        function("getcpu", this::getcpu);
        function("clock_getres", this::clockGetres);
    }

    byte[] bytes() {
        return code.bytes();
    }

    List<Function> functions() {
        return functions;
    }

    private void function(String name, Runnable body) {
        code.align(16);
        int start = code.position();
        body.run();
        functions.add(new Function(name, start, code.position() - start));
    }

    /** int clock_gettime(int clock, struct timespec *time). */
    private void clockGettime() {
        Label call = new Label();
        jumpUnlessAnswered(call);
        readLine(true);
        splitSeconds();
        code.store(RSI, 0, RAX);
        code.store(RSI, 8, RDX);
        code.zero(RAX);
        code.ret();
        code.bind(call);
        systemCall(SYS_CLOCK_GETTIME);
    }

    /** int gettimeofday(struct timeval *time, struct timezone *zone); either may be null. */
    private void gettimeofday() {
        Label call = new Label();
        Label zone = new Label();
        Label done = new Label();
        jumpUnlessRealtime(call);
        code.test(RDI);
        code.jumpIf(EQUAL, zone);
        readLine(false);
        splitSeconds();
        code.store(RDI, 0, RAX);
        code.move32(RAX, RDX);
        code.zero(RDX);
        code.moveImmediate(RCX, 1000);
        code.divide(RCX);
        code.store(RDI, 8, RAX);
        code.bind(zone);
        code.test(RSI);
        code.jumpIf(EQUAL, done);
        code.storeZero(RSI);
        code.bind(done);
        code.zero(RAX);
        code.ret();
        code.bind(call);
        systemCall(SYS_GETTIMEOFDAY);
    }

    /** long time(long *seconds); the pointer may be null. */
    private void time() {
        Label call = new Label();
        Label done = new Label();
        jumpUnlessRealtime(call);
        readLine(false);
        splitSeconds();
        code.test(RDI);
        code.jumpIf(EQUAL, done);
        code.store(RDI, 0, RAX);
        code.bind(done);
        code.ret();
        code.bind(call);
        systemCall(SYS_TIME);
    }

    /**
     * int getcpu(unsigned *cpu, unsigned *node). The processor's own number (RDPID, RDTSCP, LSL) is
     * the host's on hosts that run the guest without hardware virtualisation, so only a guest with
     * one processor is answered here.
     */
    private void getcpu() {
        Label call = new Label();
        Label node = new Label();
        Label done = new Label();
        code.addressOf(R8, dataPage);
        code.compareMemory(R8, VdsoData.PROCESSORS, 1);
        code.jumpIf(NOT_EQUAL, call);
        code.zero(RAX);
        code.test(RDI);
        code.jumpIf(EQUAL, node);
        code.store32(RDI, 0, RAX);
        code.bind(node);
        code.test(RSI);
        code.jumpIf(EQUAL, done);
        code.store32(RSI, 0, RAX);
        code.bind(done);
        code.ret();
        code.bind(call);
        systemCall(SYS_GETCPU);
    }

    /** int clock_getres(int clock, struct timespec *resolution); the pointer may be null. */
    private void clockGetres() {
        Label call = new Label();
        Label fine = new Label();
        Label done = new Label();
        int coarse = 1 << VdsoData.CLOCK_REALTIME_COARSE | 1 << VdsoData.CLOCK_MONOTONIC_COARSE;
        jumpUnlessAnswered(call);
        code.test(RSI);
        code.jumpIf(EQUAL, done);
        code.moveImmediate(RCX, 1);
        code.moveImmediate(RAX, coarse);
        code.bitTest(RAX, RDI);
        code.jumpIf(NOT_BELOW, fine);
        code.moveImmediate(RCX, VdsoData.COARSE_NANOS);
        code.bind(fine);
        code.storeZero(RSI);
        code.store(RSI, 8, RCX);
        code.bind(done);
        code.zero(RAX);
        code.ret();
        code.bind(call);
        systemCall(SYS_CLOCK_GETRES);
    }

    /** The arguments are still in place for the kernel. */
    private void systemCall(int number) {
        code.moveImmediate(RAX, number);
        code.syscall();
        code.ret();
    }

    /** Sets R8; leaves for clocks that the data page does not answer. RDI is the clock. */
    private void jumpUnlessAnswered(Label call) {
        code.move32(RDI, RDI);
        code.compareImmediate(RDI, VdsoData.LAST_CLOCK);
        code.jumpIf(ABOVE, call);
        code.addressOf(R8, dataPage);
        code.load(RAX, R8, VdsoData.CLOCKS);
        code.bitTest(RAX, RDI);
        code.jumpIf(NOT_BELOW, call);
    }

    private void jumpUnlessRealtime(Label call) {
        code.addressOf(R8, dataPage);
        code.testByte(R8, VdsoData.CLOCKS, 1 << VdsoData.CLOCK_REALTIME);
        code.jumpIf(EQUAL, call);
    }

    /** Leaves nanoseconds in RAX: of the clock in RDI, or of CLOCK_REALTIME. */
    private void readLine(boolean clockInRdi) {
        Label wait = new Label();
        Label read = new Label();
        Label started = new Label();
        code.jump(read);
        code.bind(wait);
        code.pause();
        code.bind(read);
        code.load32(R9, R8, VdsoData.SEQUENCE);
        code.testLowByte(R9, 1);
        code.jumpIf(NOT_EQUAL, wait);
        code.loadFence();
        code.readCounter();
        code.shiftLeft(RDX, 32);
        code.or(RAX, RDX);
        code.subtract(RAX, R8, VdsoData.BASE_CYCLES);
        // Another processor's counter may be a few cycles behind the one that set the base.
        code.jumpIf(NOT_BELOW, started);
        code.zero(RAX);
        code.bind(started);
        code.multiply(R8, VdsoData.SLOPE);
        code.shiftRightDouble(RAX, RDX, VdsoData.SLOPE_SHIFT);
        code.add(RAX, R8, VdsoData.BASE_NANOS);
        if (clockInRdi) {
            code.addIndexed(RAX, R8, RDI, VdsoData.OFFSETS);
        } else {
            code.add(RAX, R8, VdsoData.OFFSETS + 8 * VdsoData.CLOCK_REALTIME);
        }
        code.compare32(R9, R8, VdsoData.SEQUENCE);
        code.jumpIf(NOT_EQUAL, read);
    }

    /** Nanoseconds in RAX become seconds in RAX and the rest in RDX. */
    private void splitSeconds() {
        code.zero(RDX);
        code.moveImmediate(RCX, NANOS_PER_SECOND);
        code.divide(RCX);
    }
}
