package io.ropewalk.cli;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;

/// Ctrl-C as an event. The JDK's only door to signals is in `sun.misc`, which the compiler refuses, so it is opened by
/// name; where it is missing, Ctrl-C just ends the process.
final class Interrupts {
    private Interrupts() {}

    /// From now on each Ctrl-C runs `action` instead of ending the process.
    @SuppressWarnings("ReferenceEquality")
    static boolean handle(Runnable action) {
        try {
            Class<?> signal = Class.forName("sun.misc.Signal");
            Class<?> handler = Class.forName("sun.misc.SignalHandler");
            Object proxy = Proxy.newProxyInstance(
                    handler.getClassLoader(),
                    new Class<?>[] {handler},
                    (self, method, arguments) -> switch (method.getName()) {
                        case "handle" -> {
                            action.run();
                            yield null;
                        }
                        case "equals" -> self == arguments[0];
                        case "hashCode" -> System.identityHashCode(self);
                        default -> "interrupt handler";
                    });
            Object interrupt = signal.getConstructor(String.class).newInstance("INT");
            signal.getMethod("handle", signal, handler).invoke(null, interrupt, proxy);
            return true;
        } catch (ClassNotFoundException
                | NoSuchMethodException
                | InstantiationException
                | IllegalAccessException
                | InvocationTargetException e) {
            return false;
        }
    }
}
