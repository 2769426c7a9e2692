package dev.littlecloud.runtime;

import dev.littlecloud.image.Image;

/** Starts instances of images. */
public interface InstanceRunner {
    /**
     * Boots an instance and starts its first process.
     *
     * @throws InstanceException when the instance cannot be made; nothing is left of it then. A
     *     program that is missing or not executable is not such a case: it is an {@link ExitStatus}
     */
    RunningInstance start(InstanceSpec spec, Image image, Stdio stdio);
}
