import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { isArchive, tar, wanted, withoutTop } from "./tar";

const file = (path: string, text: string) => ({ path, file: new Blob([text]), modified: 1_700_000_000_000 });

async function bytes(blob: Blob): Promise<Buffer> {
    const reader = new FileReader();
    return new Promise((resolve) => {
        reader.onload = () => resolve(Buffer.from(reader.result as ArrayBuffer));
        reader.readAsArrayBuffer(blob);
    });
}

describe("an archive made in the browser", () => {
    it("is what tar itself unpacks, long and foreign names too", async () => {
        const long = `${"deep/".repeat(30)}file.txt`;
        const archive = await bytes(tar([file("a.txt", "one"), file(long, "two"), file("süß.txt", "three"), file("empty", "")]));
        const folder = mkdtempSync(join(tmpdir(), "tar-"));
        writeFileSync(join(folder, "x.tar"), archive);
        execFileSync("tar", ["xf", "x.tar"], { cwd: folder });
        expect(readFileSync(join(folder, "a.txt"), "utf8")).toBe("one");
        expect(readFileSync(join(folder, long), "utf8")).toBe("two");
        expect(readFileSync(join(folder, "süß.txt"), "utf8")).toBe("three");
        expect(readFileSync(join(folder, "empty"), "utf8")).toBe("");
    });
    it("leaves out what tools leave behind", () => {
        expect(wanted("src/train.py")).toBe(true);
        expect(wanted(".git/config")).toBe(false);
        expect(wanted("a/__pycache__/x.pyc")).toBe(false);
    });
    it("drops the dropped folder's own name", () => expect(withoutTop([file("top/a/b", ""), file("top", "")]).map((one) => one.path)).toEqual(["a/b", "top"]));
    it("knows an archive by its name", () => expect(["x.zip", "x.tar.gz", "x.tgz", "x.py"].map(isArchive)).toEqual([true, true, true, false]));
});
