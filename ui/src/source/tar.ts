/** A file to send, with its path below the folder that was dropped. */
export interface Dropped {
    path: string;
    file: Blob;
    modified?: number;
}

const encoder = new TextEncoder();
const BLOCK = 512;

function octal(value: number, width: number): string {
    return `${Math.floor(value).toString(8).padStart(width - 1, "0")}\0`;
}

function header(name: Uint8Array, size: number, modified: number, type: string): Uint8Array {
    const block = new Uint8Array(BLOCK);
    const put = (text: string, at: number) => block.set(encoder.encode(text), at);
    block.set(name.subarray(0, 100), 0);
    put(octal(0o644, 8), 100);
    put(octal(0, 8), 108);
    put(octal(0, 8), 116);
    put(octal(size, 12), 124);
    put(octal(modified / 1000, 12), 136);
    put("        ", 148);
    put(type, 156);
    put("ustar\x0000", 257);
    const sum = block.reduce((all, byte) => all + byte, 0);
    put(`${sum.toString(8).padStart(6, "0")}\0 `, 148);
    return block;
}

/** A record of the POSIX extended header: its own length stands in front of it and counts itself. */
function record(key: string, value: string): Uint8Array {
    const body = encoder.encode(` ${key}=${value}\n`);
    let length = body.length;
    while (String(length).length + body.length !== length) length = String(length).length + body.length;
    return new Uint8Array([...encoder.encode(String(length)), ...body]);
}

function padding(size: number): Uint8Array {
    return new Uint8Array((BLOCK - (size % BLOCK)) % BLOCK);
}

/** A tar archive that refers to the files instead of holding them: nothing is read before it is sent. */
export function tar(files: readonly Dropped[]): Blob {
    const parts: BlobPart[] = [];
    const add = (bytes: Uint8Array) => parts.push(bytes as Uint8Array<ArrayBuffer>);
    for (const { path, file, modified = 0 } of files) {
        const name = encoder.encode(path);
        const large = file.size >= 8 ** 11;
        // Long and foreign names, and files of 8 GiB, do not fit the old header.
        if (name.length > 100 || name.length !== path.length || large) {
            const extended = new Uint8Array([...record("path", path), ...(large ? record("size", String(file.size)) : [])]);
            add(header(encoder.encode("PaxHeader"), extended.length, modified, "x"));
            add(extended);
            add(padding(extended.length));
        }
        add(header(name, large ? 0 : file.size, modified, "0"));
        parts.push(file);
        add(padding(file.size));
    }
    add(new Uint8Array(2 * BLOCK));
    return new Blob(parts, { type: "application/x-tar" });
}

const NEVER = new Set([".git", ".hg", "node_modules", "__pycache__", ".venv", ".ipynb_checkpoints", ".mypy_cache", ".pytest_cache", ".ruff_cache", ".DS_Store"]);

/** What tools leave behind is not part of the work. */
export function wanted(path: string): boolean {
    return !path.split("/").some((part) => NEVER.has(part));
}

async function walk(entry: FileSystemEntry, into: Dropped[], prefix: string): Promise<void> {
    const path = prefix ? `${prefix}/${entry.name}` : entry.name;
    if (!wanted(path)) return;
    if (entry.isFile) {
        const file = await new Promise<File>((resolve, reject) => (entry as FileSystemFileEntry).file(resolve, reject));
        into.push({ path, file, modified: file.lastModified });
        return;
    }
    const reader = (entry as FileSystemDirectoryEntry).createReader();
    // A directory is read in portions; an empty one ends it.
    for (;;) {
        const portion = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));
        if (portion.length === 0) return;
        for (const child of portion) await walk(child, into, path);
    }
}

/** What was dropped: one archive or file to send as it is, or files to pack. A single folder's own name falls away. */
export async function gather(items: DataTransferItemList): Promise<Dropped[]> {
    const entries = [...items].map((item) => item.webkitGetAsEntry()).filter((entry): entry is FileSystemEntry => entry !== null);
    const files: Dropped[] = [];
    for (const entry of entries) await walk(entry, files, "");
    return entries.length === 1 && entries[0]!.isDirectory ? withoutTop(files) : files;
}

export function withoutTop(files: readonly Dropped[]): Dropped[] {
    return files.map((one) => ({ ...one, path: one.path.slice(one.path.indexOf("/") + 1) })).filter((one) => one.path !== "");
}

export function isArchive(name: string): boolean {
    return /\.(zip|tar|tar\.gz|tgz)$/i.test(name);
}
