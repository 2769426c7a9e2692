package dev.littlecloud.image;

/** When a registry is asked for an image. */
public enum PullPolicy {
    /** Only if the store has no image of that name. */
    MISSING,
    /** Each time; what the store already has is not downloaded again. */
    ALWAYS,
    /** Never: the image is in the store or it is an error. */
    NEVER
}
