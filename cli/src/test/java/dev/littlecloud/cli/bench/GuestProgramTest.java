package dev.littlecloud.cli.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Linux takes the programs, so a guest must. */
class GuestProgramTest {
    @TempDir private Path directory = Path.of("");

    static Stream<Named<byte[]>> programs() {
        return Stream.of(
                Named.of("system calls", GuestProgram.systemCalls(10)),
                Named.of("arithmetic", GuestProgram.arithmetic(10)),
                Named.of("copying", GuestProgram.copying(1)),
                Named.of("first touch", GuestProgram.firstTouch(10)),
                Named.of("fork and exec", GuestProgram.forkAndExec(2)),
                Named.of("pipe", GuestProgram.pipe(3)),
                Named.of("loopback", GuestProgram.loopback(3)));
    }

    @ParameterizedTest
    @MethodSource("programs")
    void writesItsTimesForEachByteOfInput(byte[] program) throws Exception {
        Path file = directory.resolve("program");
        Files.write(file, program);
        assertThat(file.toFile().setExecutable(true)).isTrue();
        Process process = new ProcessBuilder(file.toString()).start();

        for (int round = 0; round < 2; round++) {
            process.getOutputStream().write(1);
            process.getOutputStream().flush();
            assertThat(nanos(process)).isPositive();
        }
        process.getOutputStream().close();

        assertThat(process.waitFor()).isZero();
        assertThat(process.getInputStream().read()).isEqualTo(-1);
    }

    private static long nanos(Process process) throws IOException {
        byte[] times = process.getInputStream().readNBytes(GuestProgram.RECORD_BYTES);
        ByteBuffer record = ByteBuffer.wrap(times).order(ByteOrder.LITTLE_ENDIAN);
        long seconds = record.getLong(16) - record.getLong(0);
        return seconds * 1_000_000_000 + record.getLong(24) - record.getLong(8);
    }
}
