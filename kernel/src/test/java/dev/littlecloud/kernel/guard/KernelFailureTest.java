package dev.littlecloud.kernel.guard;

import static org.assertj.core.api.Assertions.assertThat;

import dev.littlecloud.kernel.InstanceEnd;
import dev.littlecloud.kernel.fs.OpenFile;
import dev.littlecloud.kernel.net.HostStream;
import dev.littlecloud.kernel.net.InetEndpoint;
import dev.littlecloud.kernel.task.Task;
import dev.littlecloud.kernel.task.Waiter;
import dev.littlecloud.kernel.time.TimerQueue;
import dev.littlecloud.machine.Machine;
import dev.littlecloud.machine.Vcpu;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Failures injected wherever something enters an instance's kernel. Each ends that instance with its
 * reason and without a thread left behind, while another one goes on answering.
 */
@Timeout(120)
class KernelFailureTest {
    private static final int HOOKED = 5;

    private RunningInstance neighbour =
            new RunningInstance(
                    new Code()
                            .call(Code.READ, 0, Code.BUFFER, 1)
                            .call(Code.WRITE, 1, Code.BUFFER, 1)
                            .forEver());

    @BeforeEach
    void startNeighbour() {
        neighbour.start();
    }

    @AfterEach
    void stopNeighbour() {
        neighbour.close();
    }

    /** What a bug can throw. */
    enum Failure {
        RUNTIME_EXCEPTION {
            @Override
            void happen() {
                throw new IllegalStateException("injected");
            }
        },
        DIVISION_BY_ZERO {
            @Override
            void happen() {
                Math.floorDiv(1, 0);
            }
        },
        STACK_OVERFLOW {
            @Override
            void happen() {
                nest(1);
            }

            private int nest(int depth) {
                return depth == 0 ? 0 : nest(depth + 1) + 1;
            }
        },
        OUT_OF_HEAP {
            @Override
            void happen() {
                throw new OutOfMemoryError(
                        "injected " + new long[Integer.MAX_VALUE].length); // above the VM's limit
            }
        },
        ASSERTION {
            @Override
            void happen() {
                throw new AssertionError("injected");
            }
        };

        abstract void happen();
    }

    @ParameterizedTest
    @EnumSource
    void inASystemCall(Failure failure) throws Exception {
        requireFailure(reading(task -> failure.happen()).start());
    }

    @Test
    void inAPageFault() throws Exception {
        byte[] program =
                new Code()
                        .call(Code.MMAP, 0, 4096, 1, 2, HOOKED, 0)
                        .readResult()
                        .call(Code.PAUSE)
                        .exit();
        requireFailure(
                new RunningInstance(program)
                        .install(HOOKED, HookedFile.onRead(task -> {}))
                        .start());
    }

    /** Soon the processor's thread runs it; later, when that has ended, the host's clock does. */
    @ParameterizedTest
    @ValueSource(ints = {1, 400})
    void inATimer(int milliseconds) throws Exception {
        TimerQueue.Timer timer =
                new TimerQueue.Timer() {
                    @Override
                    protected void expired() {
                        throw new IllegalStateException("injected");
                    }
                };
        requireFailure(
                reading(
                                task ->
                                        task.kernel()
                                                .timers()
                                                .arm(
                                                        timer,
                                                        System.nanoTime()
                                                                + milliseconds * 1_000_000L))
                        .start());
    }

    @Test
    void whenAPumpWakesAProgram() throws Exception {
        CountDownLatch waits = new CountDownLatch(1);
        RunningInstance instance =
                reading(
                                task -> {
                                    addFailingWaiter(task);
                                    waits.countDown();
                                })
                        .start();
        waits.await();
        instance.type('x');
        requireFailure(instance);
    }

    private static void addFailingWaiter(Task task) {
        OpenFile input = Objects.requireNonNull(task.files().get(0));
        Objects.requireNonNull(input.waitQueue())
                .add(
                        new Waiter() {
                            @Override
                            protected boolean woken(int events) {
                                throw new IllegalStateException("injected");
                            }
                        });
    }

    @Test
    void whenAConnectionArrives() throws Exception {
        int[] anyAddressPort80 = {2, 0, 0, 80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0};
        RunningInstance instance =
                new RunningInstance(
                                new Code()
                                        .data(anyAddressPort80)
                                        .call(Code.SOCKET, 2, 1, 0)
                                        .call(Code.BIND, 2, Code.DATA, 16)
                                        .call(Code.LISTEN, 2, 5)
                                        .call(Code.WRITE, 1, Code.DATA, 1)
                                        .call(Code.PAUSE)
                                        .exit())
                        .start();
        assertThat(instance.output()).hasSize(1);
        HostStream broken = failing(HostStream.class);
        instance.network().deliver(broken, InetEndpoint.v4(0x0a000001, 1234), 80, () -> {});
        requireFailure(instance);
    }

    @Test
    void inTheMachine() throws Exception {
        AtomicInteger entries = new AtomicInteger();
        InvocationHandler[] real = new InvocationHandler[1];
        RunningInstance instance =
                new RunningInstance(
                        new Code().call(Code.READ, HOOKED, Code.BUFFER, 1).forEver(),
                        machine -> {
                            Vcpu vcpu = machine.createVcpu();
                            real[0] = delegate(vcpu);
                            Vcpu breaking =
                                    proxy(
                                            Vcpu.class,
                                            (self, method, arguments) -> {
                                                if (method.getName().equals("run")
                                                        && entries.incrementAndGet() > 3) {
                                                    throw new IllegalStateException("injected");
                                                }
                                                return real[0].invoke(self, method, arguments);
                                            });
                            InvocationHandler others = delegate(machine);
                            return proxy(
                                    Machine.class,
                                    (self, method, arguments) ->
                                            method.getName().equals("createVcpu")
                                                    ? breaking
                                                    : others.invoke(self, method, arguments));
                        });
        requireFailure(instance.install(HOOKED, HookedFile.onRead(task -> {})).start());
    }

    @Test
    void whenTheHostHasNoThreads() throws Exception {
        requireFailure(reading(task -> {}).refuseCarriers().start());
    }

    @Test
    void atTheEnd() throws Exception {
        AtomicBoolean closed = new AtomicBoolean();
        try (RunningInstance instance =
                new RunningInstance(new Code().exit())
                        .install(
                                HOOKED,
                                HookedFile.onClose(
                                        () -> {
                                            throw new IllegalStateException("injected");
                                        }))) {
            instance.kernel().atEnd(() -> closed.set(true));
            InstanceEnd end = instance.start().awaitEnd();
            assertThat(end.reason()).isEqualTo(InstanceEnd.Reason.FAILED);
            instance.joinCarriers();
            assertThat(instance.output()).isEmpty();
            assertThat(closed).isTrue();
        }
        requireNeighbour();
    }

    @Test
    void twiceWhileEnding() throws Exception {
        AtomicBoolean closed = new AtomicBoolean();
        RunningInstance instance =
                reading(task -> Failure.RUNTIME_EXCEPTION.happen())
                        .install(
                                HOOKED + 1,
                                HookedFile.onClose(
                                        () -> {
                                            throw new IllegalStateException("another");
                                        }));
        instance.kernel().atEnd(Failure.RUNTIME_EXCEPTION::happen);
        instance.kernel().atEnd(() -> closed.set(true));
        requireFailure(instance.start());
        assertThat(closed).isTrue();
    }

    // ---- What all share

    /** A program that reads from the hooked file and then waits. */
    private static RunningInstance reading(Consumer<Task> hook) {
        return new RunningInstance(
                        new Code().call(Code.READ, HOOKED, Code.BUFFER, 1).call(Code.PAUSE).exit())
                .install(HOOKED, HookedFile.onRead(hook));
    }

    private void requireFailure(RunningInstance instance) throws Exception {
        try (instance) {
            InstanceEnd end = instance.awaitEnd();
            assertThat(end.reason()).isEqualTo(InstanceEnd.Reason.FAILED);
            assertThat(end.problem()).isNotNull();
            assertThat(end.detail()).startsWith("the instance's kernel failed: ");
            instance.joinCarriers();
            assertThat(instance.output()).isEmpty();
            assertThat(instance.kernel().lock().isLocked()).isFalse();
        }
        requireNeighbour();
    }

    private void requireNeighbour() throws InterruptedException {
        neighbour.type('n');
        assertThat(neighbour.output()).containsExactly('n');
    }

    private static <T> T failing(Class<T> type) {
        return proxy(
                type,
                (self, method, arguments) -> {
                    throw new IllegalStateException("injected");
                });
    }

    private static InvocationHandler delegate(Object target) {
        return (self, method, arguments) -> {
            try {
                return method.invoke(target, arguments);
            } catch (InvocationTargetException thrown) {
                throw thrown.getCause();
            }
        };
    }

    private static <T> T proxy(Class<T> type, InvocationHandler handler) {
        return type.cast(
                Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, handler));
    }
}
