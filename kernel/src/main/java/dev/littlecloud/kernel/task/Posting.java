package dev.littlecloud.kernel.task;

import dev.littlecloud.kernel.mm.InterruptedCalls;
import dev.littlecloud.kernel.mm.PostedCalls;
import dev.littlecloud.kernel.mm.PostedSites;
import dev.littlecloud.kernel.mm.PostedSlot;
import dev.littlecloud.machine.Exit;
import dev.littlecloud.machine.Registers;
import dev.littlecloud.machine.Vcpu;
import org.jspecify.annotations.Nullable;

/**
 * A processor's side of calls that do not leave the guest: which are answered while its task is
 * there, and what becomes of a task that left amid one. Guarded by the instance lock, but for {@link
 * #slot}.
 */
final class Posting {
    private static final int PAGE_FAULT = 14;
    private static final int GENERAL_PROTECTION = 13;

    private final Vcpu vcpu;
    private final Registers registers;
    private final CallServer server;
    private final PostedSites sites;
    private final OwnAnswers ownAnswers;

    /** Where the task in the guest posts calls. */
    private transient volatile @Nullable PostedSlot slot;

    /** Of its address space, when the task entered the guest. */
    private transient long restorationsBefore;

    Posting(Vcpu vcpu, CallServer server, PostedSites sites, OwnAnswers ownAnswers) {
        this.vcpu = vcpu;
        this.registers = vcpu.registers();
        this.server = server;
        this.sites = sites;
        this.ownAnswers = ownAnswers;
    }

    /** Where the task in the guest posts calls, if it does. Needs no lock. */
    @Nullable PostedSlot slot() {
        return slot;
    }

    /** A task is about to enter the guest. */
    void enter(Task task) {
        PostedCalls posted = task.space().posted();
        restorationsBefore = posted.restorations();
        if (posted.isEmpty()) {
            return;
        }
        PostedSlot own = posted.enter(registers, vcpu.index());
        if (own != null) {
            server.enters(own, task);
            ownAnswers.enters(own, task);
            slot = own;
        }
    }

    /** It has left. */
    void leave(Exit exit, long entered, long now) {
        PostedSlot own = slot;
        if (own != null) {
            own.leave();
            slot = null;
        }
        if (exit == Exit.SYSCALL) {
            ExitCost.seen(now - entered);
        }
    }

    /** Brings a task that may have left amid a call to a place between two instructions. */
    InterruptedCalls.Next settle(Task task, Exit exit) {
        PostedCalls posted = task.space().posted();
        if (posted.isEmpty()) {
            return InterruptedCalls.Next.NOTHING;
        }
        TaskRun run = task.run;
        boolean isBegun = run.inCall;
        InterruptedCalls.Next next;
        if (exit == Exit.SYSCALL
                && vcpu.syscallWasPatched()
                && InterruptedCalls.isLeaving(vcpu.syscallSite())) {
            next = posted.interrupted().leave(registers, vcpu.index(), isBegun);
            server.want();
        } else {
            next = posted.interrupted().settle(registers, vcpu.index(), isBegun);
            if (next == InterruptedCalls.Next.NOTHING
                    && exit == Exit.EXCEPTION
                    && isByRewriting(posted)) {
                next = InterruptedCalls.Next.GO_ON;
            }
        }
        if (isBegun) {
            run.live = registers;
            if (next != InterruptedCalls.Next.RESUME) {
                // The program went another way than its call would.
                TaskCall.cancel(task);
            }
        }
        return next;
    }

    private boolean isByRewriting(PostedCalls posted) {
        return switch (vcpu.vector()) {
            case PAGE_FAULT -> posted.fault(vcpu.faultAddress()) || isAmidJump(posted);
            case GENERAL_PROTECTION -> isAmidJump(posted);
            default -> false;
        };
    }

    private boolean isAmidJump(PostedCalls posted) {
        return posted.isOverwritten(registers.rip(), restorationsBefore);
    }

    /** A call left the guest, at {@code site}. */
    void left(Task task, long site, int number) {
        if (PostedNumbers.contains(number) && server.paysOff()) {
            sites.left(task.space(), site, number);
        }
    }
}
