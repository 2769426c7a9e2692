/**
 * The kernel's objects as data: taken from one instance, and made again for others.
 *
 * <p>One mechanism serves all classes: it walks their fields. What a field may refer to is a closed
 * list: classes of the kernel, the JDK's collections and a few of its other types, and what a {@link
 * Boundary} names as lying outside. Anything else is refused with the path to the field. A field that
 * is {@code transient} is not taken along; a copy has its default value there.
 */
@NullMarked
package dev.littlecloud.kernel.freeze;

import org.jspecify.annotations.NullMarked;
