package dev.littlecloud.kernel.tty;

/** Request numbers of ioctl_tty(2), x86-64 values. */
final class TtyRequests {
    static final int TCGETS = 0x5401;
    static final int TCSETS = 0x5402;
    static final int TCSETSW = 0x5403;
    static final int TCSETSF = 0x5404;
    static final int TCGETA = 0x5405;
    static final int TCSETA = 0x5406;
    static final int TCSETAW = 0x5407;
    static final int TCSETAF = 0x5408;
    static final int TCSBRK = 0x5409;
    static final int TCXONC = 0x540A;
    static final int TCFLSH = 0x540B;
    static final int TIOCEXCL = 0x540C;
    static final int TIOCNXCL = 0x540D;
    static final int TIOCSCTTY = 0x540E;
    static final int TIOCGPGRP = 0x540F;
    static final int TIOCSPGRP = 0x5410;
    static final int TIOCOUTQ = 0x5411;
    static final int TIOCSTI = 0x5412;
    static final int TIOCGWINSZ = 0x5413;
    static final int TIOCSWINSZ = 0x5414;
    static final int FIONREAD = 0x541B;
    static final int TIOCPKT = 0x5420;
    static final int TIOCNOTTY = 0x5422;
    static final int TIOCSETD = 0x5423;
    static final int TIOCGETD = 0x5424;
    static final int TCSBRKP = 0x5425;
    static final int TIOCSBRK = 0x5427;
    static final int TIOCCBRK = 0x5428;
    static final int TIOCGSID = 0x5429;
    static final int TCGETS2 = 0x802C542A;
    static final int TCSETS2 = 0x402C542B;
    static final int TCSETSW2 = 0x402C542C;
    static final int TCSETSF2 = 0x402C542D;
    static final int TIOCGPTN = 0x80045430;
    static final int TIOCSPTLCK = 0x40045431;
    static final int TIOCGDEV = 0x80045432;
    static final int TIOCSIG = 0x40045436;
    static final int TIOCVHANGUP = 0x5437;
    static final int TIOCGPKT = 0x80045438;
    static final int TIOCGPTLCK = 0x80045439;
    static final int TIOCGEXCL = 0x80045440;
    static final int TIOCGPTPEER = 0x5441;
    static final int TIOCGLCKTRMIOS = 0x5456;
    static final int TIOCSLCKTRMIOS = 0x5457;

    private TtyRequests() {}
}
