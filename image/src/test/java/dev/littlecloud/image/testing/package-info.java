/** Makes archives, layouts and registries for tests. */
@NullMarked
package dev.littlecloud.image.testing;

import org.jspecify.annotations.NullMarked;
