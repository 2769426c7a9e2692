package dev.littlecloud.runtime.network;

import java.util.Arrays;

/** The little of a DNS message that a forwarder must know; RFC 1035, 4.1.1. */
final class DnsMessage {
    static final int HEADER_BYTES = 12;
    private static final int RESPONSE = 0x80;
    private static final int RECURSION_AVAILABLE = 0x80;
    private static final int SERVER_FAILURE = 2;
    private static final int REFUSED = 5;

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
        int end = at + 5;
        return end <= query.length ? end : HEADER_BYTES;
    }
}
