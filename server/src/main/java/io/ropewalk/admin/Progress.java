package io.ropewalk.admin;

/// Is told how far something has come. Called often.
public interface Progress {
    Progress SILENT = (_, _, _) -> {};

    /// @param doing what is being done, for people
    /// @param total how many bytes there will be; 0 when nobody knows
    void at(String doing, long bytes, long total);
}
