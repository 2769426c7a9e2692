package dev.littlecloud.kernel.mm;

import java.util.Arrays;

/** Where an address space's calls are made that do not leave the guest. Guarded by the instance lock. */
final class RewrittenSites {
    /** Addresses of the {@code syscall} instructions. */
    private long[] addresses = {};

    /** What gives way there; see {@link SiteForm}. */
    private long[] forms = {};

    private int count;

    /** For a forked address space, which has none. */
    void copyTo(RewrittenSites child) {
        child.addresses = addresses.clone();
        child.forms = forms.clone();
        child.count = count;
    }

    int count() {
        return count;
    }

    long address(int site) {
        return addresses[site];
    }

    long form(int site) {
        return forms[site];
    }

    /** Where the jump begins. */
    long start(int site) {
        return SiteForm.start(addresses[site], forms[site]);
    }

    long firstPage(int site) {
        return start(site) & -Frames.SIZE;
    }

    /** The page in which the jump ends, or the instruction that gave way to it. */
    long lastPage(int site) {
        long jumpEnd = start(site) + SiteForm.JUMP_BYTES;
        return Math.max(jumpEnd, SiteForm.end(addresses[site], forms[site])) - 1 & -Frames.SIZE;
    }

    /** The site of the call at an address, or -1. */
    int find(long address) {
        for (int site = 0; site < count; site++) {
            if (addresses[site] == address) {
                return site;
            }
        }
        return -1;
    }

    /** The site that a thread at {@code rip} would be amid, if it is rewritten; or -1. */
    int withMiddleAt(long rip) {
        for (int site = 0; site < count; site++) {
            if (SiteForm.middle(addresses[site], forms[site]) == rip) {
                return site;
            }
        }
        return -1;
    }

    int append(long address, long form) {
        if (count == addresses.length) {
            int length = Math.max(4, count * 2);
            addresses = Arrays.copyOf(addresses, length);
            forms = Arrays.copyOf(forms, length);
        }
        addresses[count] = address;
        forms[count] = form;
        return count++;
    }

    void removeLast() {
        count--;
    }
}
