package dev.littlecloud.conformance;

import java.util.List;

/**
 * A compiled test program.
 *
 * @param name FAMILY/FILE, with "+VARIANT" after it unless it is the plain static one
 * @param path where it lies in the root, absolute
 * @param cases the cases it lists
 */
record Program(String name, String path, List<String> cases) {}
