package dev.littlecloud.runtime.network;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** The little of a DNS message that a forwarder must know; RFC 1035, 4.1.1. */
final class DnsMessage {
    static final int HEADER_BYTES = 12;
    private static final int RESPONSE = 0x80;
    private static final int RECURSION_AVAILABLE = 0x80;
    private static final int NO_ERROR = 0;
    private static final int SERVER_FAILURE = 2;
    private static final int NO_SUCH_NAME = 3;
    private static final int REFUSED = 5;

    static final int TYPE_A = 1;
    static final int TYPE_PTR = 12;
    private static final int CLASS_INTERNET = 1;
    private static final int QUESTION_TAIL = 4;

    /** A name that is the question's: RFC 1035, 4.1.4. */
    private static final int SAME_NAME = 0xC000 | HEADER_BYTES;

    /** Short, because services come and go. */
    private static final int TIME_TO_LIVE_SECONDS = 1;

    private DnsMessage() {}

    /** Whether {@code answer} answers {@code query}: same id, a response. */
    static boolean answers(byte[] query, byte[] answer, int length) {
        return length >= HEADER_BYTES
                && answer[0] == query[0]
                && answer[1] == query[1]
                && (answer[2] & RESPONSE) != 0;
    }

    /** The answer that no name server of the host could be asked. */
    static byte[] failure(byte[] query) {
        return response(query, SERVER_FAILURE);
    }

    /** The answer that names of the outside are not told here. */
    static byte[] refusal(byte[] query) {
        return response(query, REFUSED);
    }

    /** The answer that there is no such name: NXDOMAIN. */
    static byte[] noSuchName(byte[] query) {
        return response(query, NO_SUCH_NAME);
    }

    /** The answer that the name has nothing of the type that was asked for. */
    static byte[] nothing(byte[] query) {
        return response(query, NO_ERROR);
    }

    /** The answer that the name has an IPv4 address. */
    static byte[] address(byte[] query, int address) {
        return withRecord(query, TYPE_A, ByteBuffer.allocate(4).putInt(address).array());
    }

    /** The answer that the name stands for another one. */
    static byte[] pointer(byte[] query, String target) {
        ByteBuffer name = ByteBuffer.allocate(target.length() + 2);
        for (String label : target.split("\\.")) {
            name.put((byte) label.length()).put(label.getBytes(StandardCharsets.US_ASCII));
        }
        return withRecord(query, TYPE_PTR, name.put((byte) 0).array());
    }

    private static byte[] withRecord(byte[] query, int type, byte[] data) {
        byte[] head = response(query, NO_ERROR);
        head[7] = 1;
        return ByteBuffer.allocate(head.length + 12 + data.length)
                .put(head)
                .putShort((short) SAME_NAME)
                .putShort((short) type)
                .putShort((short) CLASS_INTERNET)
                .putInt(TIME_TO_LIVE_SECONDS)
                .putShort((short) data.length)
                .put(data)
                .array();
    }

    /** The name that is asked for, without a final dot; empty where there is no whole question. */
    static String questionName(byte[] query) {
        StringBuilder name = new StringBuilder();
        int end = query.length < HEADER_BYTES ? HEADER_BYTES : questionEnd(query);
        int at = HEADER_BYTES;
        while (at < end - QUESTION_TAIL - 1) {
            int length = query[at] & 255;
            if (!name.isEmpty()) {
                name.append('.');
            }
            name.append(new String(query, at + 1, length, StandardCharsets.ISO_8859_1));
            at += length + 1;
        }
        return name.toString();
    }

    /** What is asked for; only where there is a {@link #questionName}. */
    static int questionType(byte[] query) {
        int at = questionEnd(query) - QUESTION_TAIL;
        return (query[at] & 255) << 8 | (query[at + 1] & 255);
    }

    /** The query as its own response, without records behind the question. */
    private static byte[] response(byte[] query, int code) {
        if (query.length < HEADER_BYTES) {
            return new byte[0];
        }
        byte[] answer = Arrays.copyOf(query, questionEnd(query));
        answer[2] |= (byte) RESPONSE;
        answer[3] = (byte) (RECURSION_AVAILABLE | code);
        Arrays.fill(answer, 6, HEADER_BYTES, (byte) 0);
        boolean hasQuestion = answer.length > HEADER_BYTES;
        answer[4] = 0;
        answer[5] = (byte) (hasQuestion ? 1 : 0);
        return answer;
    }

    /** Where the first question ends; the header's end where there is no whole one. */
    private static int questionEnd(byte[] query) {
        int at = HEADER_BYTES;
        while (at < query.length && query[at] != 0) {
            at += (query[at] & 255) + 1;
        }
        int end = at + 1 + QUESTION_TAIL;
        return end <= query.length ? end : HEADER_BYTES;
    }
}
