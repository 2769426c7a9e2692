package dev.littlecloud.image;

/** Told about long work. Called from several threads at once. */
public interface Progress {
    Progress NONE = (what, totalBytes) -> Task.NONE;

    /**
     * Work begins.
     *
     * @param what a short text such as {@code "pulling 3f9a0c"}
     * @param totalBytes how much there is to do, or -1 where that is not known
     */
    Task begin(String what, long totalBytes);

    /** One piece of work; closed when it ends, well or not. */
    interface Task extends AutoCloseable {
        Task NONE =
                new Task() {
                    @Override
                    public void advance(long bytes) {}

                    @Override
                    public void close() {}
                };

        void advance(long bytes);

        @Override
        void close();
    }
}
