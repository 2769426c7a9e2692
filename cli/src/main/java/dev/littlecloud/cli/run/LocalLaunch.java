package dev.littlecloud.cli.run;

import dev.littlecloud.image.DataDirectory;
import dev.littlecloud.image.Image;
import dev.littlecloud.image.ImageReference;
import dev.littlecloud.image.ImageStore;
import dev.littlecloud.image.Progress;
import dev.littlecloud.image.PullPolicy;
import dev.littlecloud.runtime.InstanceRunner;
import dev.littlecloud.runtime.InstanceSpec;
import dev.littlecloud.runtime.RunningInstance;
import dev.littlecloud.runtime.Stdio;
import dev.littlecloud.runtime.host.KvmAccess;

/** Images from this machine's store, instances in this process. */
public final class LocalLaunch implements Launch {
    private final InstanceRunner runner;
    private final Progress progress;

    public LocalLaunch(InstanceRunner runner, Progress progress) {
        this.runner = runner;
        this.progress = progress;
    }

    @Override
    public RunningInstance start(
            String reference, PullPolicy pullPolicy, InstanceSpec spec, Stdio stdio) {
        ImageReference parsed = ImageReference.parse(reference);
        // Before a download: it would be for nothing.
        KvmAccess.require();
        ImageStore store = ImageStore.open(DataDirectory.fromEnvironment());
        Image image = store.resolve(parsed, pullPolicy, progress);
        return runner.start(spec, image, stdio);
    }
}
