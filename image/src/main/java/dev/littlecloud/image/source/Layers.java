package dev.littlecloud.image.source;

import dev.littlecloud.image.ImageException;
import dev.littlecloud.image.layer.LayerSource;
import dev.littlecloud.image.source.Manifest.Descriptor;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Brings the layers of a manifest and the diffIDs of a configuration together. */
final class Layers {
    private Layers() {}

    @FunctionalInterface
    interface Opener {
        InputStream open(Descriptor layer) throws IOException;
    }

    static List<LayerSource> of(
            Manifest manifest, ConfigReader.Read config, String label, Opener opener) {
        requireSameCount(manifest.layers().size(), config, label);
        List<LayerSource> layers = new ArrayList<>();
        for (int i = 0; i < manifest.layers().size(); i++) {
            Descriptor layer = manifest.layers().get(i);
            layers.add(
                    new LayerSource(
                            name(i, layer.digest().shortHex()),
                            Optional.of(layer.digest()),
                            layer.size(),
                            layer.compression(),
                            config.diffIds().get(i),
                            () -> opener.open(layer)));
        }
        return layers;
    }

    static void requireSameCount(int layers, ConfigReader.Read config, String label) {
        if (layers != config.diffIds().size()) {
            throw ImageException.malformed(
                    label
                            + " has "
                            + layers
                            + " layers but its configuration lists "
                            + config.diffIds().size());
        }
    }

    static String name(int i, String shortHex) {
        return "layer " + (i + 1) + " (" + shortHex + ")";
    }
}
