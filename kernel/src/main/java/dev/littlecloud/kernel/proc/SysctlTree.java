package dev.littlecloud.kernel.proc;

import dev.littlecloud.kernel.Kernel;
import dev.littlecloud.kernel.fs.pseudo.PseudoDirectory;
import dev.littlecloud.kernel.fs.pseudo.PseudoFile;
import dev.littlecloud.kernel.fs.pseudo.PseudoFileSystem;
import dev.littlecloud.kernel.task.TaskTable;
import dev.littlecloud.kernel.tty.PtyTable;

/** /proc/sys, with what programs are known to read; sysctl(8). */
final class SysctlTree {
    private final PseudoFileSystem fileSystem;
    private final Kernel kernel;
    private final PtyTable terminals;

    private SysctlTree(PseudoFileSystem fileSystem, Kernel kernel, PtyTable terminals) {
        this.fileSystem = fileSystem;
        this.kernel = kernel;
        this.terminals = terminals;
    }

    static void add(
            PseudoDirectory root, PseudoFileSystem fileSystem, Kernel kernel, PtyTable terminals) {
        SysctlTree tree = new SysctlTree(fileSystem, kernel, terminals);
        PseudoDirectory sys = root.addDirectory("sys");
        sys.addDirectory("kernel", tree::kernel);
        sys.addDirectory("vm", tree::memory);
        sys.addDirectory("fs", tree::files);
        sys.addDirectory("net", tree::network);
        tree.fixed(sys.addDirectory("crypto"), "fips_enabled", "0");
        sys.addDirectory("debug");
        sys.addDirectory("dev");
        tree.fixed(sys.addDirectory("user"), "max_user_namespaces", "0");
    }

    private void fixed(PseudoDirectory directory, String name, String value) {
        text(directory, name, reader -> value);
    }

    private void text(PseudoDirectory directory, String name, PseudoFile.Text text) {
        directory.add(name, new Sysctl(fileSystem, text));
    }

    /** Adds files as {@code name=value}. */
    private void fixed(PseudoDirectory directory, String... settings) {
        for (String setting : settings) {
            int equals = setting.indexOf('=');
            fixed(directory, setting.substring(0, equals), setting.substring(equals + 1));
        }
    }

    private void kernel(PseudoDirectory directory) {
        fixed(directory, "ostype", Version.SYSTEM);
        fixed(directory, "osrelease", Version.RELEASE);
        fixed(directory, "version", Version.BUILD);
        text(directory, "hostname", reader -> reader.kernel().config().hostname());
        fixed(directory, "domainname", "(none)");
        text(directory, "pid_max", reader -> String.valueOf(TaskTable.PID_MAX));
        text(
                directory,
                "threads-max",
                reader -> String.valueOf(reader.kernel().config().maxTasks()));
        fixed(
                directory,
                "cap_last_cap=40",
                "ngroups_max=65536",
                "overflowuid=65534",
                "overflowgid=65534",
                "shmmax=18446744073692774399",
                "shmall=18446744073692774399",
                "shmmni=4096",
                "shm_rmid_forced=0",
                "sem=32000\t1024000000\t500\t32000",
                "msgmax=8192",
                "msgmnb=16384",
                "msgmni=32000",
                "core_pattern=core",
                "core_uses_pid=0",
                "randomize_va_space=2",
                "dmesg_restrict=1",
                "kptr_restrict=1",
                "perf_event_paranoid=3",
                "perf_event_max_sample_rate=100000",
                "sched_child_runs_first=0",
                "sched_rt_period_us=1000000",
                "sched_rt_runtime_us=950000",
                "io_uring_disabled=2",
                "unprivileged_bpf_disabled=2",
                "tainted=0",
                "panic=0",
                "panic_on_oops=0",
                "printk=4\t4\t1\t7",
                "auto_msgmni=0",
                "numa_balancing=0",
                "modules_disabled=1");
        PseudoDirectory random = directory.addDirectory("random");
        byte[] boot = new byte[16];
        kernel.random(boot);
        String bootId = SystemTexts.uuid(boot);
        fixed(random, "boot_id", bootId);
        random.add("uuid", new Sysctl(fileSystem, SystemTexts::uuid));
        fixed(random, "entropy_avail=256", "poolsize=256", "urandom_min_reseed_secs=60");
        fixed(random, "write_wakeup_threshold", "256");
        PseudoDirectory pty = directory.addDirectory("pty");
        text(pty, "max", reader -> String.valueOf(PtyTable.MAX));
        text(pty, "nr", reader -> String.valueOf(terminals.count()));
        fixed(pty, "reserve", "0");
        directory.addDirectory("keys");
    }

    private void memory(PseudoDirectory directory) {
        fixed(
                directory,
                "overcommit_memory=0",
                "overcommit_ratio=50",
                "overcommit_kbytes=0",
                "max_map_count=65530",
                "mmap_min_addr=65536",
                "swappiness=60",
                "vfs_cache_pressure=100",
                "dirty_ratio=20",
                "dirty_background_ratio=10",
                "dirty_expire_centisecs=3000",
                "dirty_writeback_centisecs=500",
                "nr_hugepages=0",
                "nr_overcommit_hugepages=0",
                "hugetlb_shm_group=0",
                "min_free_kbytes=0",
                "oom_kill_allocating_task=0",
                "oom_dump_tasks=0",
                "panic_on_oom=0",
                "page-cluster=3",
                "unprivileged_userfaultfd=0",
                "zone_reclaim_mode=0",
                "drop_caches=0",
                "legacy_va_layout=0",
                "mmap_rnd_bits=28");
    }

    private void files(PseudoDirectory directory) {
        fixed(
                directory,
                "file-max=9223372036854775807",
                "file-nr=0\t0\t9223372036854775807",
                "nr_open=1048576",
                "pipe-max-size=1048576",
                "pipe-user-pages-soft=16384",
                "pipe-user-pages-hard=0",
                "aio-max-nr=65536",
                "aio-nr=0",
                "lease-break-time=45",
                "leases-enable=1",
                "mount-max=100000",
                "overflowuid=65534",
                "overflowgid=65534",
                "protected_fifos=1",
                "protected_hardlinks=1",
                "protected_regular=2",
                "protected_symlinks=1",
                "suid_dumpable=0");
        fixed(
                directory.addDirectory("inotify"),
                "max_queued_events=16384",
                "max_user_instances=128",
                "max_user_watches=65536");
        fixed(directory.addDirectory("epoll"), "max_user_watches", "5000000");
        fixed(
                directory.addDirectory("mqueue"),
                "msg_default=10",
                "msg_max=10",
                "msgsize_default=8192",
                "msgsize_max=8192",
                "queues_max=256");
    }

    private void network(PseudoDirectory directory) {
        fixed(
                directory.addDirectory("core"),
                "somaxconn=4096",
                "rmem_default=212992",
                "rmem_max=212992",
                "wmem_default=212992",
                "wmem_max=212992",
                "optmem_max=20480",
                "netdev_max_backlog=1000",
                "default_qdisc=pfifo_fast",
                "bpf_jit_enable=0");
        fixed(directory.addDirectory("unix"), "max_dgram_qlen", "512");
        PseudoDirectory ipv4 = directory.addDirectory("ipv4");
        fixed(
                ipv4,
                "ip_forward=0",
                "ip_default_ttl=64",
                "ip_local_port_range=32768\t60999",
                "ip_local_reserved_ports=",
                "ip_nonlocal_bind=0",
                "ip_unprivileged_port_start=0",
                "ping_group_range=0\t2147483647",
                "tcp_keepalive_time=7200",
                "tcp_keepalive_intvl=75",
                "tcp_keepalive_probes=9",
                "tcp_fin_timeout=60",
                "tcp_syn_retries=6",
                "tcp_synack_retries=5",
                "tcp_retries1=3",
                "tcp_retries2=15",
                "tcp_max_syn_backlog=1024",
                "tcp_syncookies=1",
                "tcp_tw_reuse=2",
                "tcp_timestamps=1",
                "tcp_window_scaling=1",
                "tcp_sack=1",
                "tcp_fastopen=0",
                "tcp_mem=188760\t251682\t377520",
                "tcp_rmem=4096\t131072\t6291456",
                "tcp_wmem=4096\t16384\t4194304",
                "tcp_congestion_control=cubic",
                "tcp_available_congestion_control=reno cubic",
                "tcp_allowed_congestion_control=reno cubic",
                "tcp_abort_on_overflow=0",
                "tcp_no_metrics_save=0",
                "tcp_slow_start_after_idle=1",
                "udp_mem=377520\t503364\t755040",
                "udp_rmem_min=4096",
                "udp_wmem_min=4096");
        interfaces(ipv4.addDirectory("conf"), "forwarding=0", "rp_filter=0", "accept_redirects=1");
        PseudoDirectory ipv6 = directory.addDirectory("ipv6");
        fixed(ipv6, "bindv6only=0", "ip_nonlocal_bind=0");
        interfaces(ipv6.addDirectory("conf"), "disable_ipv6=0", "forwarding=0", "accept_ra=1");
    }

    private void interfaces(PseudoDirectory directory, String... settings) {
        for (String name : new String[] {"all", "default", "lo"}) {
            fixed(directory.addDirectory(name), settings);
        }
    }
}
