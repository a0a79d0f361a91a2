import type { Value } from "../api/types";

/** `3 m 12 s`: the two largest units that count. */
export function duration(millis: number): string {
    if (!Number.isFinite(millis)) return "–";
    if (millis < 0) millis = 0;
    if (millis < 1000) return `${Math.round(millis)} ms`;
    if (millis < 10_000) return `${(Math.floor(millis / 100) / 10).toFixed(1).replace(/\.0$/, "")} s`;
    const seconds = Math.floor(millis / 1000);
    if (seconds < 60) return `${seconds} s`;
    const minutes = Math.floor(seconds / 60);
    if (minutes < 60) return seconds % 60 ? `${minutes} m ${seconds % 60} s` : `${minutes} m`;
    const hours = Math.floor(minutes / 60);
    if (hours < 24) return minutes % 60 ? `${hours} h ${minutes % 60} m` : `${hours} h`;
    const days = Math.floor(hours / 24);
    return hours % 24 ? `${days} d ${hours % 24} h` : `${days} d`;
}

const BINARY = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"];

export function bytes(count: number): string {
    if (!Number.isFinite(count)) return "–";
    let unit = 0;
    let rest = Math.abs(count);
    while (rest >= 1024 && unit < BINARY.length - 1) {
        rest /= 1024;
        unit++;
    }
    const digits = unit === 0 || rest >= 100 ? 0 : 1;
    return `${count < 0 ? "−" : ""}${rest.toFixed(digits).replace(/\.0$/, "")} ${BINARY[unit]}`;
}

export function cores(milliCpu: number): string {
    return (milliCpu / 1000).toFixed(2).replace(/\.?0+$/, "");
}

/** A number as JSON carries it, as the machine's own. */
export function numeric(value: Value): number {
    if (typeof value === "number") return value;
    return value === "Infinity" ? Infinity : value === "-Infinity" ? -Infinity : NaN;
}

/** At most four significant digits; the exact value belongs in a title beside it. */
export function short(value: Value | undefined): string {
    if (value === undefined) return "–";
    const number = numeric(value);
    if (Number.isNaN(number)) return "NaN";
    if (!Number.isFinite(number)) return number > 0 ? "∞" : "−∞";
    if (number === 0) return "0";
    const size = Math.abs(number);
    if (size >= 1e6 || size < 1e-4) {
        const [mantissa, exponent] = number.toExponential(3).split("e");
        return `${trimZeros(mantissa!)}e${Number(exponent)}`.replace(/^-/, "−");
    }
    if (Number.isInteger(number)) return String(number).replace(/^-/, "−");
    return trimZeros(size >= 1000 ? number.toFixed(0) : number.toPrecision(4)).replace(/^-/, "−");
}

function trimZeros(text: string): string {
    return text.includes(".") ? text.replace(/0+$/, "").replace(/\.$/, "") : text;
}

export function count(value: number, one: string, many = `${one}s`): string {
    return `${value.toLocaleString("en")} ${value === 1 ? one : many}`;
}

/** `3 min ago`; more than a month ago the date says more. */
export function ago(then: number, now: number): string {
    const seconds = Math.round((now - then) / 1000);
    if (seconds < -30) return new Date(then).toLocaleString();
    if (seconds < 10) return "just now";
    if (seconds < 60) return `${seconds} s ago`;
    const minutes = Math.floor(seconds / 60);
    if (minutes < 60) return `${minutes} min ago`;
    const hours = Math.floor(minutes / 60);
    if (hours < 24) return `${hours} h ago`;
    const days = Math.floor(hours / 24);
    if (days === 1) return "yesterday";
    if (days < 31) return `${days} days ago`;
    return new Date(then).toLocaleDateString(undefined, { year: "numeric", month: "short", day: "numeric" });
}

export function exact(time: string | number): string {
    const date = new Date(time);
    return Number.isNaN(date.getTime()) ? String(time) : date.toLocaleString(undefined, { dateStyle: "medium", timeStyle: "medium" });
}

/** A parameter or info value in one line. */
export function plain(value: unknown): string {
    if (value === null || value === undefined) return "";
    if (typeof value === "string") return value;
    if (typeof value === "number") return String(value);
    return JSON.stringify(value);
}

/** Revisions are hashes or ids: the first characters are enough for people. */
export function shortId(id: string): string {
    const bare = id.replace(/^sha256:/, "");
    if (/^[0-9a-f]{8}-[0-9a-f]{4}-/.test(bare)) return bare.slice(-8);
    return bare.length > 12 ? bare.slice(0, 9) : bare;
}
