package dev.littlecloud.kernel.task;

import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.assertj.core.api.Assertions.assertThat;

import dev.littlecloud.kernel.testing.ImageTree;
import dev.littlecloud.kernel.testing.TestInstance;
import dev.littlecloud.machine.Vcpu;
import java.lang.foreign.MemorySegment;
import java.lang.reflect.Proxy;
import org.junit.jupiter.api.Test;

class ExtendedRegistersTest {
    private static final int BYTES = 64;
    private static final long OF_A_NEW_PROGRAM = 0x1f80;

    /** A vCPU with one register. */
    private static final class OneRegister {
        long value;

        final Vcpu vcpu =
                (Vcpu)
                        Proxy.newProxyInstance(
                                Vcpu.class.getClassLoader(),
                                new Class<?>[] {Vcpu.class},
                                (proxy, method, arguments) -> call(method.getName(), arguments));
        final ExtendedRegisters registers = new ExtendedRegisters(vcpu);

        private Object call(String name, Object[] arguments) {
            switch (name) {
                case "extendedStateBytes" -> {
                    return BYTES;
                }
                case "saveExtendedState" -> ((MemorySegment) arguments[0]).set(JAVA_LONG, 0, value);
                case "loadExtendedState" -> {
                    value = ((MemorySegment) arguments[0]).get(JAVA_LONG, 0);
                    return true;
                }
                case "resetExtendedState" -> value = OF_A_NEW_PROGRAM;
                default -> throw new UnsupportedOperationException(name);
            }
            return 0;
        }

        /** As a processor does before it enters the guest with a task. */
        OneRegister runs(Task task) {
            if (!registers.areOf(task)) {
                assertThat(registers.load(task)).isTrue();
            }
            return this;
        }
    }

    private final Task task = new TestInstance(new ImageTree(), 4 << 20).task();
    private final Task other = new TestInstance(new ImageTree(), 4 << 20).task();
    private final OneRegister first = new OneRegister();
    private final OneRegister second = new OneRegister();

    @Test
    void stayWithATaskThatComesBackToAProcessorNobodyElseUsed() {
        first.runs(task).value = 1;
        second.runs(task).value = 2;

        assertThat(first.runs(task).value).isEqualTo(2);
    }

    @Test
    void areNotOverwrittenByTheProcessorThatATaskLeft() {
        first.runs(task).value = 1;
        second.runs(task).value = 2;
        first.runs(other).value = 3;

        assertThat(first.runs(task).value).isEqualTo(2);
        assertThat(second.runs(other).value).isEqualTo(3);
    }

    @Test
    void areCopiedOfTheProcessorThatRanTheTaskLast() {
        first.runs(task).value = 1;
        second.runs(task).value = 2;
        first.registers.store();
        second.registers.store();
        first.registers.store();

        MemorySegment state = task.run().extendedState();
        assertThat(state).isNotNull();
        assertThat(state.get(JAVA_LONG, 0)).isEqualTo(2);
    }

    @Test
    void areThoseOfANewProgramForATaskThatNeverRan() {
        first.runs(other).value = 3;

        assertThat(first.runs(task).value).isEqualTo(OF_A_NEW_PROGRAM);
    }
}
