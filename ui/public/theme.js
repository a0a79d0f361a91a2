// Runs before the first paint, so that a dark page never flashes white. Outside the bundle because it must block.
(function () {
    var chosen = "auto";
    try {
        chosen = localStorage.getItem("mantine-color-scheme-value") || "auto";
    } catch (_) {
        // Storage may be forbidden; the system's preference then decides.
    }
    var dark = chosen === "dark" || (chosen !== "light" && matchMedia("(prefers-color-scheme: dark)").matches);
    document.documentElement.setAttribute("data-mantine-color-scheme", dark ? "dark" : "light");
})();
