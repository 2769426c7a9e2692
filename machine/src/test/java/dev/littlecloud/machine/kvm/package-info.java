@NullMarked
package dev.littlecloud.machine.kvm;

import org.jspecify.annotations.NullMarked;
