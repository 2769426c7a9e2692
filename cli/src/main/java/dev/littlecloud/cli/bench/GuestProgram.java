package dev.littlecloud.cli.bench;

import static dev.littlecloud.cli.bench.MachineCode.Register.EBX;
import static dev.littlecloud.cli.bench.MachineCode.Register.ECX;
import static dev.littlecloud.cli.bench.MachineCode.Register.EDI;
import static dev.littlecloud.cli.bench.MachineCode.Register.EDX;
import static dev.littlecloud.cli.bench.MachineCode.Register.ESI;
import static dev.littlecloud.cli.bench.MachineCode.Register.R10D;

import dev.littlecloud.cli.bench.MachineCode.When;
import dev.littlecloud.cli.rehearsal.TinyElf;
import java.util.function.Consumer;

/**
 * Programs that time one piece of work, the same bytes for the guest and for the host. For each
 * byte of input such a program reads the clock, does its work once, reads the clock again and
 * writes both times; it ends with its input. Started with an argument, it ends at once.
 *
 * <p>The work may use all registers but {@code rsp} and {@code r15}, which holds the first stack
 * pointer, and 192 bytes from {@code rsp + 64}.
 */
final class GuestProgram {
    /** What is written per round: two {@code struct timespec}. */
    static final int RECORD_BYTES = 32;

    static final int COPIED_BYTES = 32 << 20;
    private static final int FROM = 0x80_0000;
    private static final int TO = FROM + COPIED_BYTES;

    static final int BLOCK_BYTES = 64 << 10;
    static final int PAGE_BYTES = 4096;

    private static final int CLOCK_MONOTONIC = 1;
    private static final int PROT_READ_WRITE = 3;
    private static final int MAP_PRIVATE_ANONYMOUS = 0x22;
    private static final int AF_INET = 2;
    private static final int SOCK_STREAM = 1;

    private final MachineCode code = new MachineCode();

    private GuestProgram() {}

    private static byte[] timing(Consumer<GuestProgram> work) {
        GuestProgram program = new GuestProgram();
        program.write(work);
        return TinyElf.of(program.code.toBytes(), TO + COPIED_BYTES);
    }

    private void write(Consumer<GuestProgram> work) {
        code.add("4989e7"); // mov r15, rsp
        code.add("48833c2401"); // cmp qword [rsp], 1 (argc)
        int hasArgument = code.forward(When.NOT_ZERO);
        code.add("4881ec").number(256); // sub rsp, 256
        int again = code.here();
        code.set(EDI, 0).add("4889e6").set(EDX, 1).call(0); // read(0, rsp, 1)
        code.add("83f801"); // cmp eax, 1
        int ended = code.forward(When.NOT_ZERO);
        code.set(EDI, CLOCK_MONOTONIC).add("4889e6").call(228); // clock_gettime(.., rsp)
        work.accept(this);
        code.set(EDI, CLOCK_MONOTONIC).add("488d742410").call(228); // clock_gettime(.., rsp + 16)
        code.set(EDI, 1).add("4889e6").set(EDX, RECORD_BYTES).call(1); // write(1, rsp, ..)
        code.back(again);
        code.land(hasArgument, ended);
        exit(0);
    }

    private void exit(int status) {
        code.set(EDI, status).call(60);
    }

    private void repeat(int times, Runnable body) {
        code.set(EBX, times);
        int again = code.here();
        body.run();
        code.add("ffcb"); // dec ebx
        code.back(When.NOT_ZERO, again);
    }

    /** Calls {@code getppid(2)}, which does nothing, so many times. */
    static byte[] systemCalls(int count) {
        return timing(it -> it.repeat(count, () -> it.code.call(110)));
    }

    /** Multiplies, adds, shifts: each step needs the one before. */
    static byte[] arithmetic(int steps) {
        return timing(
                it ->
                        it.repeat(
                                steps,
                                () -> {
                                    it.code.add("4869c0").number(1664525); // imul rax, rax, ..
                                    it.code.add("4805").number(1013904223); // add rax, ..
                                    it.code.add("4889c2 48c1ea11 4831d0"); // rax ^= rax >> 17
                                }));
    }

    /** Copies {@link #COPIED_BYTES} forth and back so many times. */
    static byte[] copying(int times) {
        return timing(
                it ->
                        it.repeat(
                                times,
                                () -> {
                                    it.copy(FROM, TO);
                                    it.copy(TO, FROM);
                                }));
    }

    private void copy(int from, int to) {
        code.set(ESI, from).set(EDI, to).set(ECX, COPIED_BYTES / 8).add("f348a5"); // rep movsq
    }

    /** Maps so many fresh pages, writes a byte to each, and unmaps them. */
    static byte[] firstTouch(int pages) {
        return timing(
                it -> {
                    MachineCode code = it.code;
                    code.set(EDI, 0).set(ESI, pages * PAGE_BYTES).set(EDX, PROT_READ_WRITE);
                    code.set(R10D, MAP_PRIVATE_ANONYMOUS);
                    code.add("49c7c0").number(-1); // mov r8, -1
                    code.add("4531c9").call(9); // xor r9d, r9d; mmap
                    code.add("4989c4 4989c5"); // mov r12, rax; mov r13, rax
                    it.repeat(
                            pages,
                            () -> {
                                code.add("41c6450001"); // mov byte [r13], 1
                                code.add("4981c5").number(PAGE_BYTES); // add r13, ..
                            });
                    code.add("4c89e7").set(ESI, pages * PAGE_BYTES).call(11); // munmap(r12, ..)
                });
    }

    /** Forks so many children, one after the other, that execute this program with an argument. */
    static byte[] forkAndExec(int count) {
        return timing(
                it ->
                        it.repeat(
                                count,
                                () -> {
                                    MachineCode code = it.code;
                                    int parent = it.fork();
                                    code.add("498b7f08"); // mov rdi, [r15 + 8] (argv[0])
                                    code.add("48897c2440 48897c2448"); // argv of two
                                    code.add("48c7442450").number(0);
                                    code.add("488d742440 31d2").call(59); // execve(.., rsp + 64, 0)
                                    it.exit(127);
                                    code.land(parent);
                                    it.waitForChild();
                                }));
    }

    /** A child writes so many blocks into a pipe, which this process reads. */
    static byte[] pipe(int blocks) {
        return timing(
                it -> {
                    MachineCode code = it.code;
                    code.add("488d7c2440").call(22); // pipe(rsp + 64)
                    int parent = it.fork();
                    it.writeBlocks(blocks, "8b7c2444"); // mov edi, [rsp + 68]
                    code.land(parent);
                    code.add("8b7c2444").call(3); // close the end that writes
                    it.readAll("8b7c2440"); // mov edi, [rsp + 64]
                    it.waitForChild();
                });
    }

    /** A child connects to this process by TCP and sends so many blocks. */
    static byte[] loopback(int blocks) {
        return timing(
                it -> {
                    MachineCode code = it.code;
                    it.socket();
                    code.add("4189c4"); // mov r12d, eax
                    code.add("c7442440").number(AF_INET); // struct sockaddr_in at rsp + 64
                    code.add("c7442444").number(0x0100007f); // 127.0.0.1
                    code.add("48c7442448").number(0);
                    code.add("4489e7 488d742440").set(EDX, 16).call(49); // bind
                    code.add("4489e7").set(ESI, 1).call(50); // listen
                    code.add("c7442460").number(16);
                    code.add("4489e7 488d742440 488d542460").call(51); // getsockname
                    int parent = it.fork();
                    it.socket();
                    code.add("4189c5"); // mov r13d, eax
                    code.add("4489ef 488d742440").set(EDX, 16).call(42); // connect
                    it.writeBlocks(blocks, "4489ef"); // mov edi, r13d
                    code.land(parent);
                    code.add("4489e7").set(ESI, 0).set(EDX, 0).call(43); // accept
                    code.add("4189c5"); // mov r13d, eax
                    it.readAll("4489ef");
                    code.add("4489e7").call(3); // close the listening socket
                    it.waitForChild();
                });
    }

    private void socket() {
        code.set(EDI, AF_INET).set(ESI, SOCK_STREAM).set(EDX, 0).call(41);
    }

    /** Returns the jump of the parent; the child's code follows. */
    private int fork() {
        code.call(57).add("85c0"); // test eax, eax
        return code.forward(When.NOT_ZERO);
    }

    private void writeBlocks(int blocks, String loadDescriptor) {
        repeat(
                blocks,
                () -> {
                    code.add(loadDescriptor).set(ESI, FROM).set(EDX, BLOCK_BYTES).call(1);
                    code.add("3d").number(BLOCK_BYTES); // cmp eax, ..
                    int complete = code.forward(When.ZERO);
                    exit(1);
                    code.land(complete);
                });
        exit(0);
    }

    /** Reads to the end and closes. */
    private void readAll(String loadDescriptor) {
        int again = code.here();
        code.add(loadDescriptor).set(ESI, TO).set(EDX, BLOCK_BYTES).call(0);
        code.add("85c0"); // test eax, eax
        code.back(When.GREATER, again);
        code.add(loadDescriptor).call(3);
    }

    /** A child that did not succeed ends this program, so that no figure comes from it. */
    private void waitForChild() {
        code.add("48c7c7").number(-1); // mov rdi, -1
        code.add("488d742460").set(EDX, 0).set(R10D, 0).call(61); // wait4(-1, rsp + 96, 0, 0)
        code.add("837c246000"); // cmp dword [rsp + 96], 0
        int succeeded = code.forward(When.ZERO);
        exit(1);
        code.land(succeeded);
    }
}
