/** JSON that strangers wrote, read with an error that names the document and the field. */
@NullMarked
package dev.littlecloud.image.json;

import org.jspecify.annotations.NullMarked;
