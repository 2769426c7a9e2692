package dev.littlecloud.machine.kvm;

import dev.littlecloud.machine.MachineException;
import dev.littlecloud.machine.Registers;
import dev.littlecloud.machine.Vcpu;
import dev.littlecloud.machine.memory.KernelHalf;
import dev.littlecloud.machine.memory.TouchPage;
import dev.littlecloud.sys.Errno;

/** Runs the program of a {@link TouchPage}. */
final class Toucher {
    private final Vcpu vcpu;
    private final TouchPage page;

    Toucher(Vcpu vcpu, TouchPage page) {
        this.vcpu = vcpu;
        this.page = page;
    }

    void touch(long root, long[] pages) {
        try {
            for (int done = 0; done < pages.length; ) {
                done += page.list(pages, done);
                Registers registers = vcpu.registers();
                registers.load(new long[Registers.COUNT]);
                registers.pageTableRoot(root);
                registers.rsi(TouchPage.LIST);
                registers.rip(TouchPage.PROGRAM);
                runToEnd();
            }
        } finally {
            page.clear();
        }
    }

    /** Each page fault is one of another page, so this ends. */
    private void runToEnd() {
        while (true) {
            switch (vcpu.run()) {
                case SYSCALL -> {
                    return;
                }
                case KICKED -> {}
                case EXCEPTION -> {
                    if (vcpu.vector() != KernelHalf.PAGE_FAULT || vcpu.faultAddress() < 0) {
                        throw failed();
                    }
                    vcpu.registers().rip(TouchPage.PROGRAM);
                }
                case FAULT, HALT, SHUTDOWN -> throw failed();
            }
        }
    }

    private MachineException failed() {
        return new MachineException("touching pages: " + vcpu.faultDetail(), Errno.EFAULT);
    }
}
