package dev.littlecloud.cli.run;

import dev.littlecloud.image.PullPolicy;
import dev.littlecloud.runtime.InstanceSpec;
import dev.littlecloud.runtime.RunningInstance;
import dev.littlecloud.runtime.Stdio;

/** From an image's name to a running instance of it. */
public interface Launch {
    /**
     * Finds the image, fetching it where needed, and starts an instance.
     *
     * @param reference the image as written on the command line
     * @throws dev.littlecloud.image.ImageException when there is no such image
     * @throws dev.littlecloud.runtime.InstanceException when there is no instance
     */
    RunningInstance start(String reference, PullPolicy pullPolicy, InstanceSpec spec, Stdio stdio);
}
