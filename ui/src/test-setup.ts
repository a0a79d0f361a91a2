// What jsdom lacks and Mantine asks for.
Object.defineProperty(window, "matchMedia", {
    writable: true,
    value: (query: string) => ({ matches: false, media: query, onchange: null, addListener: () => {}, removeListener: () => {}, addEventListener: () => {}, removeEventListener: () => {}, dispatchEvent: () => false }),
});
window.scrollTo = () => {};
Element.prototype.scrollIntoView = () => {};
class Observer {
    observe(): void {}
    unobserve(): void {}
    disconnect(): void {}
}
window.ResizeObserver = Observer as unknown as typeof ResizeObserver;
Object.defineProperty(document, "fonts", { value: new EventTarget() });
