package dev.littlecloud.kernel.freeze;

import java.io.Serializable;

/**
 * Extended by functional interfaces whose lambdas the kernel's objects keep. Their lambdas can then
 * tell which method they are and what they captured.
 */
public interface Freezable extends Serializable {}
