package dev.littlecloud.cli.bench;

import dev.littlecloud.cli.bench.Figure.Baseline;
import dev.littlecloud.runtime.CpuLimit;
import dev.littlecloud.runtime.ExitStatus;
import dev.littlecloud.runtime.InstanceSpec;
import dev.littlecloud.runtime.RunningInstance;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Programs that people deploy: start-up and throughput of servers, builds; beside the host's. */
record UsualPrograms(Path home) implements Benchmark {
    private static final int ROUNDS = 2;

    /** Until the JVM has compiled what answers a server's calls. */
    private static final int WARM_UP_ROUNDS = 3;

    private static final int PROCESSORS = 2;
    private static final long MEMORY_BYTES = 1L << 30;

    /** Fifty files, built by four compilers at once. */
    private static final String BUILD =
            """
            cd "$(mktemp -d)" &&
            for i in $(seq 50); do
              printf '#include <stdio.h>\nint f%d(int x) { printf("%%d", x); return x; }' $i >$i.c
            done &&
            printf 'app: $(patsubst %%.c,%%.o,$(wildcard *.c))\n\tgcc -shared -o $@ $^\n' >Makefile &&
            make -s -j4 CFLAGS=-fPIC app
            """;

    /** A project that depends on ten packages of the same folder. */
    private static final String INSTALL =
            """
            export HOME=/tmp && cd "$(mktemp -d)" && echo '{"name":"app","version":"1.0.0"}' >package.json &&
            packages= && for i in 1 2 3 4 5 6 7 8 9 10; do
              mkdir p$i && echo "{\\"name\\":\\"p$i\\",\\"version\\":\\"1.0.0\\"}" >p$i/package.json
              packages="$packages ./p$i"
            done &&
            npm install --silent --no-audit --no-fund --offline --install-links $packages
            """;

    @Override
    public String name() {
        return "programs";
    }

    @Override
    public String title() {
        return "programs that people deploy";
    }

    @Override
    public List<Figure> run() throws Exception {
        List<Figure> figures = new ArrayList<>();
        try (Bench bench = new Bench(home)) {
            for (ServerProgram program : ServerProgram.all()) {
                figures.addAll(server(bench, program));
            }
            figures.add(toItsEnd(bench, "gcc -c, 50 files, make -j4", "gcc", BUILD));
            figures.add(toItsEnd(bench, "npm install of 10 packages", "node", INSTALL));
        }
        return figures;
    }

    private static List<Figure> server(Bench bench, ServerProgram program) throws Exception {
        HostRoot files =
                HostRoot.unpack(
                        bench.imageFile(program.image()),
                        bench.directory().resolve(program.image()));
        HostPrograms programs = HostPrograms.of(files);
        long start = System.nanoTime();
        try (Server guest = program.guest(bench)) {
            guest.awaitAnswer(program.request());
            double guestReady = (System.nanoTime() - start) / 1e6;
            start = System.nanoTime();
            try (Server host = program.host(programs)) {
                host.awaitAnswer(program.request());
                double hostReady = (System.nanoTime() - start) / 1e6;
                for (int round = 0; round < WARM_UP_ROUNDS; round++) {
                    program.load().perSecond(files, guest.port());
                }
                Samples[] samples =
                        Samples.inTurns(
                                ROUNDS,
                                () -> program.load().perSecond(files, guest.port()),
                                () -> program.load().perSecond(files, host.port()));
                return List.of(
                        new Figure(
                                program.name() + ", until it answers",
                                "ms",
                                guestReady,
                                new Baseline("on the host", hostReady),
                                null),
                        new Figure(
                                program.name(),
                                program.unit(),
                                samples[0].median(),
                                new Baseline("on the host", samples[1].median()),
                                null));
            }
        }
    }

    private static Figure toItsEnd(Bench bench, String what, String image, String script)
            throws Exception {
        HostPrograms programs =
                HostPrograms.of(
                        HostRoot.unpack(
                                bench.imageFile(image),
                                bench.directory().resolve(image + "-builds")));
        // Once each: builds take long enough to be steady.
        double guest = seconds(() -> inGuest(bench, image, script));
        double host = seconds(() -> programs.run(script));
        return new Figure(what, "s", guest, new Baseline("on the host", host), null);
    }

    private interface Work {
        void run() throws Exception;
    }

    private static double seconds(Work work) throws Exception {
        long start = System.nanoTime();
        work.run();
        return (System.nanoTime() - start) / 1e9;
    }

    private static void inGuest(Bench bench, String image, String script) throws Exception {
        InstanceSpec spec =
                InstanceSpec.DEFAULT
                        .withProcess(
                                InstanceSpec.DEFAULT
                                        .process()
                                        .withCommand(List.of("sh", "-c", script)))
                        .withLimits(
                                InstanceSpec.DEFAULT
                                        .limits()
                                        .withCpus(new CpuLimit(PROCESSORS * 1000))
                                        .withMemoryBytes(MEMORY_BYTES));
        try (RunningInstance instance = bench.start(spec, bench.image(image))) {
            ExitStatus status = instance.await();
            if (status.code() != 0) {
                throw new IOException("the script ended with " + status);
            }
        }
    }
}
