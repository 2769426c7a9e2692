/** One instance's kernel fails in every way a bug could make it; the others must not notice. */
@org.jspecify.annotations.NullMarked
package dev.littlecloud.kernel.guard;
