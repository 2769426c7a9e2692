@NullMarked
package dev.littlecloud.gateway.http;

import org.jspecify.annotations.NullMarked;
