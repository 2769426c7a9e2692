/**
 * What the build runs to make the AOT cache: common command lines, among them a whole life of an
 * instance, on an image of one program that is made here, and programs of the host on which it builds.
 */
@NullMarked
package dev.littlecloud.cli.rehearsal;

import org.jspecify.annotations.NullMarked;
