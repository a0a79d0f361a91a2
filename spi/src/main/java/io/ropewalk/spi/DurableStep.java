package io.ropewalk.spi;

import java.util.function.Consumer;

/// A place in an extension just before or after something that must survive a crash. Reaching it does nothing; a
/// server that is being tested may have been told to die there.
public final class DurableStep {
    private static volatile Consumer<String> watcher = _ -> {};

    private DurableStep() {}

    /// @param name of the step, such as `local.plan.settled`; a constant, so that nothing is made when nobody watches
    public static void reached(String name) {
        watcher.accept(name);
    }

    /// For the server alone.
    public static void watch(Consumer<String> each) {
        watcher = each;
    }
}
