package dev.littlecloud.kernel.mm;

import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;

import java.lang.foreign.MemorySegment;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * The code in a program's address space by which a call answers itself that asks for, or sets to what
 * it is already, what only the program's own calls change. A thread knows by its FS base that the
 * answer is meant for it ({@link PostedSlot}). Each call site has a copy, so that the call's number
 * and the way back are constants; what it has no answer for goes on to {@link PostedCode}. It uses
 * what {@code syscall} destroys, and writes nothing but what the call would, and a count.
 */
enum AnswerCode {
    /**
     * {@code rt_sigaction}: the action of a signal is in {@link ActionTable}. To set the same handler
     * again changes nothing; what is ignored may be pending, and would be dropped.
     */
    ACTION(
            13,
            "83f80d" // cmp $number, %eax
                    + "0f85e2000000" // jne other
                    + "f3490faec3" // rdfsbase %r11
                    + "4c391c2550e00000" // cmp %r11, first slot's key
                    + "7422" // je known
                    + "4c391c25d0e00000" // cmp %r11, second slot's key
                    + "7418" // je known
                    + "4c391c2550e10000" // cmp %r11, third slot's key
                    + "740e" // je known
                    + "4c391c25d0e10000" // cmp %r11, fourth slot's key
                    + "0f85b1000000" // jne other
                    + "4983fa08" // known: cmp $8, %r10
                    + "0f85a7000000" // jne other
                    + "448d5fff" // lea -1(%rdi), %r11d
                    + "4183fb3f" // cmp $63, %r11d
                    + "0f8799000000" // ja other
                    + "89f9" // mov %edi, %ecx
                    + "c1e105" // shl $5, %ecx
                    + "81c100f00000" // add $TABLE, %ecx
                    + "448b1c2500f00000" // mov sequence, %r11d
                    + "41f6c301" // test $1, %r11b
                    + "7576" // jne unknown
                    + "4885f6" // test %rsi, %rsi
                    + "7432" // je query
                    + "488b06" // mov (%rsi), %rax
                    + "4883f801" // cmp $SIG_IGN, %rax
                    + "7668" // jbe unknown
                    + "483901" // cmp %rax, (%rcx)
                    + "7563" // jne unknown
                    + "488b4608" // mov 8(%rsi), %rax
                    + "48394108" // cmp %rax, 8(%rcx)
                    + "7559" // jne unknown
                    + "488b4610" // mov 16(%rsi), %rax
                    + "48394110" // cmp %rax, 16(%rcx)
                    + "754f" // jne unknown
                    + "488b4618" // mov 24(%rsi), %rax
                    + "4825fffefbff" // and $~(SIGKILL and SIGSTOP), %rax
                    + "48394118" // cmp %rax, 24(%rcx)
                    + "753f" // jne unknown
                    + "4885d2" // query: test %rdx, %rdx
                    + "741e" // je verify
                    + "488b01" // mov (%rcx), %rax
                    + "488902" // mov %rax, (%rdx)
                    + "488b4108" // mov 8(%rcx), %rax
                    + "48894208" // mov %rax, 8(%rdx)
                    + "488b4110" // mov 16(%rcx), %rax
                    + "48894210" // mov %rax, 16(%rdx)
                    + "488b4118" // mov 24(%rcx), %rax
                    + "48894218" // mov %rax, 24(%rdx)
                    + "44391c2500f00000" // verify: cmp %r11d, sequence
                    + "7512" // jne unknown
                    + "f048ff042500000000" // lock incq count
                    + "b900000000" // mov $tail, %ecx
                    + "31c0" // xor %eax, %eax
                    + "ffe1" // jmp *%rcx
                    + "b80d000000" // unknown: mov $number, %eax
                    + "b900000000" // mov $tail, %ecx
                    + "e900000000", // other: jmp PostedCode
            0xdf,
            0xd4,
            0xd9,
            0xe7),

    /** {@code rt_sigprocmask}: the thread's mask is in its slot. */
    MASK(
            14,
            "83f80e" // cmp $number, %eax
                    + "0f859c000000" // jne other
                    + "4983fa08" // cmp $8, %r10
                    + "0f8592000000" // jne other
                    + "f3490faec3" // rdfsbase %r11
                    + "4c391c2558e00000" // cmp %r11, first slot's key
                    + "488b042560e00000" // mov first slot's mask, %rax
                    + "7436" // je known
                    + "4c391c25d8e00000" // cmp %r11, second slot's key
                    + "488b0425e0e00000" // mov second slot's mask, %rax
                    + "7424" // je known
                    + "4c391c2558e10000" // cmp %r11, third slot's key
                    + "488b042560e10000" // mov third slot's mask, %rax
                    + "7412" // je known
                    + "4c391c25d8e10000" // cmp %r11, fourth slot's key
                    + "488b0425e0e10000" // mov fourth slot's mask, %rax
                    + "753b" // jne unknown
                    + "4885f6" // known: test %rsi, %rsi
                    + "741c" // je query
                    + "4c8b1e" // mov (%rsi), %r11
                    + "83ff01" // cmp $SIG_UNBLOCK, %edi
                    + "740f" // je unblock
                    + "7703" // ja set
                    + "4909c3" // or %rax, %r11
                    + "83ff02" // set: cmp $SIG_SETMASK, %edi
                    + "7724" // ja unknown
                    + "4939c3" // cmp %rax, %r11
                    + "eb03" // jmp decide
                    + "4985c3" // unblock: test %rax, %r11
                    + "751a" // decide: jne unknown
                    + "4885d2" // query: test %rdx, %rdx
                    + "7403" // je answer
                    + "488902" // mov %rax, (%rdx)
                    + "f048ff042500000000" // answer: lock incq count
                    + "b900000000" // mov $tail, %ecx
                    + "31c0" // xor %eax, %eax
                    + "ffe1" // jmp *%rcx
                    + "b80e000000" // unknown: mov $number, %eax
                    + "b900000000" // mov $tail, %ecx
                    + "e900000000", // other: jmp PostedCode
            0x99,
            0x8e,
            0x93,
            0xa1),

    /** {@code sched_yield}, while no task waits for a processor. */
    YIELD(
            24,
            "83f818" // cmp $number, %eax
                    + "7541" // jne other
                    + "f3490faec3" // rdfsbase %r11
                    + "4c391c2568e00000" // cmp %r11, first slot's key
                    + "741e" // je known
                    + "4c391c25e8e00000" // cmp %r11, second slot's key
                    + "7414" // je known
                    + "4c391c2568e10000" // cmp %r11, third slot's key
                    + "740a" // je known
                    + "4c391c25e8e10000" // cmp %r11, fourth slot's key
                    + "7514" // jne other
                    + "f390" // known: pause
                    + "f048ff042500000000" // lock incq count
                    + "b900000000" // mov $tail, %ecx
                    + "31c0" // xor %eax, %eax
                    + "ffe1" // jmp *%rcx
                    + "e900000000", // other: jmp PostedCode
            0x44,
            0x39,
            0x3e),

    /** {@code getpid}: the number is in the thread's slot. */
    GETPID(
            39,
            "83f827" // cmp $number, %eax
                    + "7559" // jne other
                    + "f3490faec3" // rdfsbase %r11
                    + "4c391c2558e00000" // cmp %r11, first slot's key
                    + "8b042570e00000" // mov first slot's number, %eax
                    + "7433" // je known
                    + "4c391c25d8e00000" // cmp %r11, second slot's key
                    + "8b0425f0e00000" // mov second slot's number, %eax
                    + "7422" // je known
                    + "4c391c2558e10000" // cmp %r11, third slot's key
                    + "8b042570e10000" // mov third slot's number, %eax
                    + "7411" // je known
                    + "4c391c25d8e10000" // cmp %r11, fourth slot's key
                    + "8b0425f0e10000" // mov fourth slot's number, %eax
                    + "750b" // jne unknown
                    + "f048ff042500000000" // known: lock incq count
                    + "ffe1" // jmp *%rcx
                    + "b827000000" // unknown: mov $number, %eax
                    + "e900000000", // other: jmp PostedCode
            0x57,
            0x53);

    /** The page of code, behind {@link ActionTable}. */
    static final long PAGE = 0xf000;

    static final int MAX_SITES = 8;

    private static final int SITES = ActionTable.BYTES;
    private static final int SITE_BYTES = 0xf0;
    private static final int JUMP_BYTES = 5;
    private static final int COUNT_BYTES = 8;

    /** How often calls of a site answered themselves: for each a count, behind the slots. */
    private static final long COUNTS = PostedCode.SLOT_PAGE + PostedCode.SLOTS * PostedSlot.BYTES;

    /** Where the number has been compared, but not looked at. */
    private static final int NUMBER_COMPARED = 3;

    private final int number;
    private final byte[] code;

    /** Where RAX is the call's result. */
    private final int resultKnown;

    /** Where it names its count. */
    private final int count;

    /** Where it names the way back, if that was lost. */
    private final int[] tails;

    AnswerCode(int number, String code, int resultKnown, int count, int... tails) {
        this.number = number;
        this.code = HexFormat.of().parseHex(code);
        this.resultKnown = resultKnown;
        this.count = count;
        this.tails = tails;
    }

    /** The code for calls of a number; null where there is none. */
    static @Nullable AnswerCode of(int number) {
        return switch (number) {
            case 13 -> ACTION;
            case 14 -> MASK;
            case 24 -> YIELD;
            case 39 -> GETPID;
            default -> null;
        };
    }

    int number() {
        return number;
    }

    /**
     * Writes the part of a site.
     *
     * @param page where the page of code is, in RAM
     * @param index of the site among those that have such code
     * @param tail see {@link PostedCode#tail}
     */
    void write(MemorySegment ram, long page, int index, long tail) {
        // Made elsewhere: a thread may be in it where it is written again.
        MemorySegment part = MemorySegment.ofArray(code.clone());
        for (int each : tails) {
            part.set(JAVA_INT_UNALIGNED, each, (int) tail);
        }
        part.set(JAVA_INT_UNALIGNED, count, (int) (PostedCode.SLOT_PAGE + counted(index)));
        long start = entry(index);
        long behind = start + code.length;
        part.set(JAVA_INT_UNALIGNED, code.length - 4, (int) (PostedCode.PAGE - behind));
        MemorySegment.copy(part, 0, ram, page + start - PAGE, code.length);
    }

    /** Where a site's count is in the page of slots. */
    static long counted(int index) {
        return COUNTS + (long) index * COUNT_BYTES - PostedCode.SLOT_PAGE;
    }

    /** Where a site's part begins in programs. */
    static long entry(int index) {
        return PAGE + SITES + (long) index * SITE_BYTES;
    }

    /** The site in whose part a thread is at {@code rip}, or -1. */
    static int siteAt(long rip) {
        long distance = rip - entry(0);
        return distance >= 0 && distance < MAX_SITES * SITE_BYTES
                ? (int) (distance / SITE_BYTES)
                : -1;
    }

    /** Whether RAX is the call's result where a thread is at {@code rip} of a site's part. */
    boolean hasResult(long rip) {
        return inPart(rip) == resultKnown;
    }

    /** Whether RAX is what the program had there, which may be another call than that of the site. */
    boolean hasNumber(long rip) {
        return inPart(rip) <= NUMBER_COMPARED || inPart(rip) >= code.length - JUMP_BYTES;
    }

    private static long inPart(long rip) {
        return (rip - entry(0)) % SITE_BYTES;
    }
}
