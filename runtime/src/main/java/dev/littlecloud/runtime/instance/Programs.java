package dev.littlecloud.runtime.instance;

import dev.littlecloud.kernel.exec.ProgramEnvironment;
import dev.littlecloud.kernel.mm.AddressSpace;

final class Programs implements ProgramEnvironment {
    @Override
    public long mapVdso(AddressSpace space) {
        return 0;
    }

    @Override
    public long hardwareCapabilities() {
        return 0x0f8bfbff;
    }
}
