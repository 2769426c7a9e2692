package dev.littlecloud.runtime.template;

import dev.littlecloud.kernel.freeze.FrozenKernel;
import dev.littlecloud.kernel.freeze.PageUse;

/**
 * What clones are made of. A template has another one once it is known what clones use; until nobody
 * makes any of the old one, that keeps its memory. Thread-safe.
 */
final class Model {
    private final FrozenKernel frozen;
    private final PageUse use;
    private int holders = 1;

    /**
     * @param use what was brought in and rewritten in it, so that clones share that
     */
    Model(FrozenKernel frozen, PageUse use) {
        this.frozen = frozen;
        this.use = use;
    }

    FrozenKernel frozen() {
        return frozen;
    }

    PageUse use() {
        return use;
    }

    /** Keeps it for one more; false where it is gone already. */
    synchronized boolean hold() {
        if (holders > 0) {
            holders++;
            return true;
        }
        return false;
    }

    /** One less needs it; the last one gives its memory back. */
    synchronized void release() {
        if (--holders == 0) {
            frozen.close();
        }
    }
}
