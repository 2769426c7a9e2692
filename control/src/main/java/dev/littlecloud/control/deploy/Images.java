package dev.littlecloud.control.deploy;

import dev.littlecloud.image.Digest;
import dev.littlecloud.image.Image;
import dev.littlecloud.image.ImageException;
import dev.littlecloud.image.ImageReference;
import dev.littlecloud.image.ImageReference.RegistryName;
import dev.littlecloud.image.ImageStore;
import dev.littlecloud.image.Progress;
import dev.littlecloud.image.PullPolicy;
import java.util.Optional;
import java.util.Set;

/** Finds the images of revisions. */
public final class Images {
    private final ImageStore store;
    private final Set<String> ownRegistry;

    /**
     * @param ownRegistry names of the registry in this process, such as {@code localhost:5000}
     */
    public Images(ImageStore store, Set<String> ownRegistry) {
        this.store = store;
        this.ownRegistry = Set.copyOf(ownRegistry);
    }

    public ImageStore store() {
        return store;
    }

    /** The repository in our own registry that a reference names, if it does. */
    public Optional<String> ownRepository(String reference) {
        return ImageReference.parse(reference) instanceof RegistryName name
                        && ownRegistry.contains(name.registry())
                ? Optional.of(name.repository())
                : Optional.empty();
    }

    /** Whether a reference names a file of this machine. */
    public static boolean isFile(String reference) {
        return !(ImageReference.parse(reference) instanceof RegistryName);
    }

    /**
     * The image that a name means now. Our own registry is asked each time, others for what is not
     * in the store.
     */
    Image resolve(String reference) {
        PullPolicy policy =
                ownRepository(reference).isPresent() ? PullPolicy.ALWAYS : PullPolicy.MISSING;
        return store.resolve(ImageReference.parse(reference), policy, Progress.NONE);
    }

    /** The very image that a revision was deployed with, whatever its name means by now. */
    Image restore(String reference, String imageId, Optional<String> manifest) {
        try {
            String hex = Digest.parse(imageId).hex();
            return store.resolve(new ImageReference.LocalId(hex), PullPolicy.NEVER, Progress.NONE);
        } catch (ImageException gone) {
            if (manifest.isPresent()
                    && ImageReference.parse(reference) instanceof RegistryName name) {
                RegistryName exact =
                        new RegistryName(
                                name.registry(),
                                name.repository(),
                                Optional.empty(),
                                Digest.tryParse(manifest.get()));
                return store.resolve(exact, PullPolicy.MISSING, Progress.NONE);
            }
            throw gone;
        }
    }
}
