/**
 * What /proc, /sys and /sys/fs/cgroup show; proc(5), sysfs(5), cgroups(7). All numbers are the
 * instance's own: its limits, its processors, its uptime, never the host's. Texts are made when a
 * file is read, with the instance lock held, in the formats of Linux 6.1 that procps, glibc, the
 * JVM and others parse.
 *
 * <p>{@link dev.littlecloud.kernel.proc.ProcFs}, {@link dev.littlecloud.kernel.proc.SysFs} and
 * {@link dev.littlecloud.kernel.proc.CgroupFs} build the trees; the other classes each make a few
 * related texts.
 */
@NullMarked
package dev.littlecloud.kernel.proc;

import org.jspecify.annotations.NullMarked;
