package dev.littlecloud.cli.rehearsal;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/**
 * The smallest useful server: a static ELF executable that listens on {@link #PORT} and gives every
 * connection the same answer. Its calls are followed by a comparison, as those of libc are.
 */
final class TinyServer {
    static final int PORT = 8080;

    /** What a client gets for anything it sends. */
    static final String ANSWER =
            "HTTP/1.1 200 OK\r\nContent-Length: 6\r\nConnection: close\r\n\r\nready\n";

    private static final String CALL = "0f05" + "483d00f0ffff"; // syscall; cmp $-4096, %rax
    private static final String TO_ADDRESS = "488d35"; // lea address(%rip), %rsi

    private static final byte[] LISTEN =
            hex(
                    "bf02000000" // mov $AF_INET, %edi
                            + "be01000000" // mov $SOCK_STREAM, %esi
                            + "31d2" // xor %edx, %edx
                            + "b829000000" // mov $SYS_socket, %eax
                            + CALL
                            + "89c3" // mov %eax, %ebx
                            + "89df" // mov %ebx, %edi
                            + TO_ADDRESS);

    private static final byte[] BIND =
            hex(
                    "ba10000000" // mov $16, %edx
                            + "b831000000" // mov $SYS_bind, %eax
                            + CALL
                            + "89df" // mov %ebx, %edi
                            + "be10000000" // mov $16, %esi
                            + "b832000000" // mov $SYS_listen, %eax
                            + CALL);

    private static final byte[] ACCEPT =
            hex(
                    "89df" // mov %ebx, %edi
                            + "31f6" // xor %esi, %esi
                            + "31d2" // xor %edx, %edx
                            + "b82b000000" // mov $SYS_accept, %eax
                            + CALL
                            + "89c5" // mov %eax, %ebp
                            + "89ef" // mov %ebp, %edi
                            + "488db42400f0ffff" // lea -4096(%rsp), %rsi
                            + "ba00100000" // mov $4096, %edx
                            + "31c0" // xor %eax, %eax: SYS_read
                            + CALL
                            + "89ef" // mov %ebp, %edi
                            + TO_ADDRESS);

    private static final byte[] CLOSE =
            hex(
                    "b801000000" // mov $SYS_write, %eax
                            + CALL
                            + "89ef" // mov %ebp, %edi
                            + "b803000000" // mov $SYS_close, %eax
                            + CALL);

    /** A number of 32 bits behind the first bytes of an instruction. */
    private static final int NUMBER_BYTES = 4;

    private static final int ADDRESS_BYTES = 16;

    private TinyServer() {}

    private static byte[] hex(String digits) {
        return HexFormat.of().parseHex(digits);
    }

    static byte[] elf() {
        return TinyElf.of(code(), 0);
    }

    private static byte[] code() {
        byte[] answer = ANSWER.getBytes(StandardCharsets.US_ASCII);
        int loop = LISTEN.length + NUMBER_BYTES + BIND.length;
        int serving = ACCEPT.length + NUMBER_BYTES + 1 + NUMBER_BYTES + CLOSE.length;
        int address = loop + serving + 1 + NUMBER_BYTES;
        ByteBuffer code =
                ByteBuffer.allocate(address + ADDRESS_BYTES + answer.length)
                        .order(ByteOrder.LITTLE_ENDIAN);
        code.put(LISTEN).putInt(address - LISTEN.length - NUMBER_BYTES);
        code.put(BIND);
        code.put(ACCEPT);
        code.putInt(address + ADDRESS_BYTES - code.position() - NUMBER_BYTES);
        code.put((byte) 0xba).putInt(answer.length); // mov $length, %edx
        code.put(CLOSE);
        code.put((byte) 0xe9).putInt(loop - address); // jmp loop
        code.putShort((short) 2).put((byte) (PORT >> 8)).put((byte) PORT).putInt(0).putLong(0);
        return code.put(answer).array();
    }
}
