package dev.littlecloud.kernel.time.vdso;

/**
 * The shared object that programs find through AT_SYSINFO_EHDR. In every address space the data page
 * ([vvar], readable) lies directly below the object ([vdso], readable and executable).
 */
public final class Vdso {
    private static final byte[] IMAGE = VdsoImage.build(VdsoData.SIZE);

    private Vdso() {}

    /** The object's bytes: whole pages, to be mapped at the address above the data page. */
    public static byte[] build() {
        return IMAGE.clone();
    }

    /** Bytes of the object. */
    public static int size() {
        return IMAGE.length;
    }
}
