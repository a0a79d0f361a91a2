package io.ropewalk.support.archive;

import static io.ropewalk.support.archive.TarMaker.octal;
import static io.ropewalk.support.archive.TarMaker.tar;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.GZIPOutputStream;

/// Archives that must be refused, each in a small file: what is too much is told by [#FEW], so that nothing has
/// to be big to be too big.
final class HostileArchives {
    /// Low enough for a test to exceed.
    static final ArchiveLimits FEW = new ArchiveLimits(1000, 1L << 40, 200, 1 << 20);

    private final Path directory;
    private final List<Case> cases = new ArrayList<>();

    /// @param name says how it is read
    /// @param limits that it exceeds, or does not
    /// @param words that the refusal must hold
    record Case(String what, Path file, String name, ArchiveLimits limits, String words) {
        @Override
        public String toString() {
            return what;
        }
    }

    private HostileArchives(Path directory) {
        this.directory = directory;
    }

    static List<Case> in(Path directory) throws IOException {
        HostileArchives archives = new HostileArchives(directory);
        archives.tars();
        archives.links();
        archives.brokenTars();
        archives.bigTars();
        archives.zips();
        archives.brokenZips();
        return archives.cases;
    }

    private void tars() throws IOException {
        tarOf("tar: climbs", "'..'", t -> t.file("../evil", "x"));
        tarOf("tar: climbs later", "'..'", t -> t.file("a/../../evil", "x"));
        tarOf("tar: climbs at its end", "'..'", t -> t.file("a/..", "x"));
        tarOf("tar: begins at the root", "begins with '/'", t -> t.file("/etc/evil", "x"));
        tarOf("tar: backslashes", "backslash", t -> t.file("a\\..\\evil", "x"));
        tarOf("tar: a drive", "drive", t -> t.file("C:evil", "x"));
        tarOf(
                "tar: pax path climbs",
                "'..'",
                t -> t.pax('x', "path", "../../evil").file("good", "x"));
        tarOf(
                "tar: long name climbs",
                "'..'",
                t -> t.longName("a/".repeat(60) + "../".repeat(99) + "x").file("g", "x"));
        tarOf(
                "tar: NUL in a pax path",
                "control character",
                t -> t.pax('x', "path", "a\0b").file("g", "x"));
        tarOf(
                "tar: line break in a path",
                "control character",
                t -> t.pax('x', "path", "a\nb").file("g", "x"));
        tarOf("tar: escape in a path", "control character", t -> t.file("a\u001b[2Jb", "x"));
        tarOf(
                "tar: path of 5000 bytes",
                "longer than",
                t -> t.longName("abcd/".repeat(1000) + "x").file("g", "x"));
        tarOf(
                "tar: part of 300 bytes",
                "more than 255",
                t -> t.longName("x".repeat(300)).file("g", "x"));
        tarOf(
                "tar: 2000 directories deep",
                "directories",
                t -> t.longName("a/".repeat(2000) + "x").file("g", "x"));
        tarOf("tar: character device", "device", t -> t.entry("null", '3', ""));
        tarOf("tar: block device", "device", t -> t.entry("sda", '4', ""));
        tarOf("tar: pipe", "pipe", t -> t.entry("pipe", '6', ""));
        tarOf("tar: unknown kind", "kind", t -> t.entry("odd", 'Z', ""));
        tarOf("tar: the same file twice", "twice", t -> t.file("a", "1").file("a", "2"));
        tarOf(
                "tar: the same file twice, spelled otherwise",
                "twice",
                t -> t.file("a/b", "1").file("./a//b", "2"));
        tarOf("tar: file in a file", "not a directory", t -> t.file("a", "1").file("a/b", "2"));
        tarOf(
                "tar: file over a directory",
                "file and a directory",
                t -> t.file("a/b", "1").file("a", "2"));
        tarOf(
                "tar: path for all entries",
                "all of its entries",
                t -> t.pax('g', "path", "../evil").file("a", "1"));
    }

    private void links() throws IOException {
        tarOf("tar: link to the root", "out of the tree", t -> t.entry("l", '2', "/etc/passwd"));
        tarOf("tar: link that climbs", "out of the tree", t -> t.entry("l", '2', "../x"));
        tarOf("tar: link that climbs too far", "out of the tree", t -> t.entry("a/l", '2', "../../x"));
        tarOf(
                "tar: link that climbs after other links",
                "out of the tree",
                t -> t.entry("d", '2', ".").entry("e", '2', "d/d/../../x"));
        tarOf("tar: link to nothing", "out of the tree", t -> t.entry("l", '2', ""));
        tarOf("tar: link with a backslash", "out of the tree", t -> t.entry("l", '2', "..\\x"));
        tarOf(
                "tar: writing through a link",
                "not a directory",
                t -> t.file("d/x", "1").entry("l", '2', "d").file("l/x", "2"));
        tarOf(
                "tar: a link where a directory is",
                "file and a directory",
                t -> t.file("d/x", "1").entry("d", '2', "x"));
        tarOf("tar: hard link to the root", "begins with '/'", t -> t.entry("l", '1', "/etc/passwd"));
        tarOf("tar: hard link that climbs", "'..'", t -> t.entry("l", '1', "../x"));
        tarOf("tar: hard link to nothing", "hard link", t -> t.entry("l", '1', "missing"));
        tarOf(
                "tar: hard link to what comes later",
                "hard link",
                t -> t.entry("l", '1', "a").file("a", "x"));
        tarOf(
                "tar: hard link to a link",
                "hard link",
                t -> t.entry("s", '2', "a").entry("l", '1', "s"));
        few("tar: many hard links to one file", "x.tar", "times its own size", tar(t -> {
            t.file("a", "x".repeat(1 << 19));
            for (int i = 0; i < 900; i++) {
                t.entry("l" + i, '1', "a");
            }
        }));
    }

    private void brokenTars() throws IOException {
        tarOf("tar: sparse file of 1 TB", "sparse", t -> t.claim("s", 'S', octal(1L << 30)));
        tarOf(
                "tar: pax sparse file of 1 TB",
                "sparse",
                t -> t.pax('x', "GNU.sparse.major", "1", "GNU.sparse.realsize", "1099511627776")
                        .file("s", "x"));
        tarOf("tar: claims 1 TB", "times its own size", t -> t.claim("s", '0', binary(1L << 40)));
        tarOf("tar: claims 4 EB", "bytes", t -> t.claim("s", '0', binary(1L << 62 >> 8)));
        tarOf("tar: impossible size", "impossible", t -> t.claim("s", '0', filled((byte) 0xff)));
        tarOf(
                "tar: pax claims a negative size",
                "impossible",
                t -> t.pax('x', "size", "-1").file("s", "x"));
        tarOf("tar: long name of 1 GB", "header of", t -> t.claim("././@LongLink", 'L', octal(1L << 30)));
        tarOf("tar: pax header of 1 GB", "header of", t -> t.claim("pax", 'x', octal(1L << 30)));
        tarOf(
                "tar: damaged pax header",
                "damaged",
                t -> t.paxRaw('x', "99 path=x\n".getBytes(StandardCharsets.UTF_8))
                        .file("a", "x"));
        tarOf(
                "tar: pax header without end",
                "damaged",
                t -> t.paxRaw('x', "7 pathx\n".getBytes(StandardCharsets.UTF_8)).file("a", "x"));
        byte[] header = TarMaker.header("a", '0', "", octal(0));
        header[0] = 'b';
        save("tar: wrong checksum", "x.tar", "damaged", header);
        byte[] good = tar(t -> t.file("a", "x".repeat(600)));
        save("tar: ends in a header", "x.tar", "ends in the middle", Arrays.copyOf(good, 300));
        save("tar: ends in a file", "x.tar", "ends in the middle", Arrays.copyOf(good, 700));
        save("tar.gz: not packed", "x.tar.gz", "gzip", good);
        save("tar.gz: empty", "x.tgz", "gzip", new byte[0]);
        byte[] packed = gzip(good);
        save("tar.gz: cut off", "x.tgz", "gzip", Arrays.copyOf(packed, packed.length / 2));
        save("tar: is a zip file", "x.tar", "ends in the middle", new OneGoodEntry().bytes());
    }

    private void bigTars() throws IOException {
        few("tar.gz: more entries than may be", "x.tar.gz", "more than 1,000 entries", packed(t -> {
            for (int i = 0; i < 1001; i++) {
                t.raw(TarMaker.header("f" + i, '0', "", octal(0)));
            }
        }));
        few("tar.gz: a claim of 2 GB of nothing", "x.tar.gz", "times its own size", packed(t -> {
            t.claim("zeros", '0', octal(2L << 30));
            t.raw(new byte[1 << 20]);
        }));
        few("tar.gz: nothing, in files that claim little each", "x.tar.gz", "times its own size", packed(t -> {
            for (int i = 0; i < 64; i++) {
                t.file("f" + i, "\0".repeat(1 << 15));
            }
        }));
        // Headers that are no entries: only what comes out of the packing counts.
        few("tar.gz: headers without end", "x.tar.gz", "times its own size", packed(t -> {
            for (int i = 0; i < 3000; i++) {
                t.pax('g', "comment", "x");
            }
        }));
        // Members of a gzip file follow each other.
        byte[] piece = packed(t -> {
            for (int i = 0; i < 100; i++) {
                t.entry("d/", '5', "");
            }
        });
        ByteArrayOutputStream pieces = new ByteArrayOutputStream();
        for (int i = 0; i < 11; i++) {
            pieces.writeBytes(piece);
        }
        few("tar.gz: more entries than may be, in many pieces", "x.tar.gz", "entries", pieces.toByteArray());
    }

    private void zips() throws IOException {
        zipOf("zip: climbs", "'..'", z -> z.add("../evil", "x"));
        zipOf("zip: climbs later", "'..'", z -> z.add("a/../../evil", "x"));
        zipOf("zip: begins at the root", "begins with '/'", z -> z.add("/etc/evil", "x"));
        zipOf("zip: backslashes", "backslash", z -> z.add("..\\evil", "x"));
        zipOf("zip: a drive", "drive", z -> z.add("C:/evil", "x"));
        zipOf("zip: NUL in a name", "control character", z -> z.add("a\0.txt", "x"));
        zipOf("zip: the same file twice", "twice", z -> {
            z.add("a", "1");
            z.add("a", "2");
        });
        zipOf("zip: file and directory", "file and a directory", z -> {
            z.add("a/b", "1");
            z.add("a", "2");
        });
        zipOf(
                "zip: link to the root",
                "out of the tree",
                z -> z.add("l", "/etc/passwd").mode(0120777));
        zipOf(
                "zip: link that climbs",
                "out of the tree",
                z -> z.add("a/l", "../../x").mode(0120777));
        zipOf(
                "zip: packed link that climbs",
                "out of the tree",
                z -> z.add("l", "../x").mode(0120777).deflated());
        zipOf(
                "zip: link of 1 MB",
                "symbolic link of",
                z -> z.add("l", "x".repeat(1 << 20)).mode(0120777));
        zipOf("zip: writing through a link", "not a directory", z -> {
            z.add("l", "d").mode(0120777);
            z.add("l/x", "2");
        });
        zipOf("zip: device", "device", z -> z.add("null", "").mode(0020666));
        zipOf("zip: pipe", "pipe", z -> z.add("p", "").mode(0010666));
        zipOf("zip: encrypted", "encrypted", z -> z.add("a", "x").flags(0x801));
        zipOf("zip: strange packing", "method 99", z -> z.add("a", "x").method(99));
        zipOf("zip: name that is no text", "no text", z -> z.add(new byte[] {'a', (byte) 0xff}, new byte[0]));
    }

    private void brokenZips() throws IOException {
        zipOf("zip: two entries with the same bytes", "overlap", z -> {
            z.add("a", "x".repeat(100));
            z.add("b", "").at(0, 100).size(100);
        });
        zipOf("zip: an entry inside of another", "overlap", z -> {
            z.add("a", "x".repeat(1000));
            z.add("b", "").at(200, 100).size(100);
        });
        zipOf("zip: a thousand entries in one", "overlap", z -> {
            z.add("a", "x".repeat(100_000)).deflated();
            for (int i = 0; i < 1000; i++) {
                z.add("b" + i, "").at(0, 50).size(50);
            }
        });
        zipOf(
                "zip: content beyond the end",
                "overlap",
                z -> z.add("a", "").at(0, 1_000_000).size(1_000_000));
        zipOf(
                "zip: claims 2 GB",
                "times its own size",
                z -> z.add("a", "x").deflated().size(0x7fffffff));
        zipOf(
                "zip: holds more than it says",
                "holds more",
                z -> z.add("a", "0".repeat(1 << 20)).deflated().size(10));
        zipOf(
                "zip: holds less than it says",
                "holds less",
                z -> z.add("a", "12345").deflated().size(10));
        zipOf("zip: wrong checksum", "damaged at", z -> z.add("a", "12345").crc(1));
        zipOf("zip: two names", "two different things", z -> z.add("a", "x").localName("b"));
        zipOf(
                "zip: garbage for content",
                "damaged",
                z -> z.add("a", "\u0007garbage garbage").method(8).size(100));
        zipOf("zip: more entries than it says", "more entries", z -> {
            z.add("a", "x");
            z.add("b", "x");
            z.sayCount(1);
        });
        zipOf("zip: fewer entries than it says", "damaged", z -> {
            z.add("a", "x");
            z.sayCount(2);
        });
        zipOf("zip: something after it", "damaged", z -> {
            z.add("a", "x");
            z.followedBy("#!/bin/sh");
        });
        zipOf("zip: no bigger end record", "damaged", z -> {
            z.add("a", "x");
            z.withoutBigEnd();
        });
        OneGoodEntry good = new OneGoodEntry();
        byte[] bytes = good.bytes();
        save("zip: cut off", "x.zip", "zip file", Arrays.copyOf(bytes, bytes.length - 10));
        ByteArrayOutputStream prefixed = new ByteArrayOutputStream();
        prefixed.writeBytes("#!/bin/sh\n".getBytes(StandardCharsets.UTF_8));
        prefixed.writeBytes(bytes);
        save("zip: something before it", "x.zip", "damaged", prefixed.toByteArray());
        save("zip: empty file", "x.zip", "no zip file", new byte[0]);
        save(
                "zip: no zip at all",
                "x.zip",
                "no zip file",
                "hello world, hello world, hello".getBytes(StandardCharsets.UTF_8));
        save("zip: says that it has 2^40 entries", "x.zip", "entries", claimingEntries(1L << 40));
        save("zip: says that it has -1 entries", "x.zip", "entries", claimingEntries(-1));
        few("zip: more entries than may be", "x.zip", "entries", emptyEntries(1001));
    }

    /// A zip file with one good entry.
    private static final class OneGoodEntry {
        byte[] bytes() {
            ZipMaker zip = new ZipMaker();
            zip.add("a", "x");
            return zip.bytes();
        }
    }

    private static byte[] claimingEntries(long count) {
        var bytes = ZipMaker.little(56 + 20 + 22);
        bytes.putInt(0x06064b50).putLong(44).putInt(0).putInt(0).putInt(0);
        bytes.putLong(count).putLong(count).putLong(0).putLong(0);
        bytes.putInt(0x07064b50).putInt(0).putLong(0).putInt(1);
        bytes.putInt(0x06054b50)
                .putInt(0)
                .putShort((short) -1)
                .putShort((short) -1)
                .putInt(-1)
                .putInt(-1);
        bytes.putShort((short) 0);
        return ZipMaker.array(bytes);
    }

    private static byte[] emptyEntries(int count) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (int i = 0; i < count; i++) {
            byte[] name = ("f" + i).getBytes(StandardCharsets.UTF_8);
            var central = ZipMaker.little(46 + name.length).putInt(0x02014b50);
            central.putShort(28, (short) name.length).position(46);
            central.put(name);
            out.writeBytes(ZipMaker.array(central));
        }
        int size = out.size();
        var end = ZipMaker.little(22).putInt(0x06054b50).putInt(0);
        end.putShort((short) count).putShort((short) count).putInt(size).putInt(0);
        end.putShort((short) 0);
        out.writeBytes(ZipMaker.array(end));
        return out.toByteArray();
    }

    /// Without the blocks that end an archive, so that more may follow.
    private static byte[] packed(TarMaker.Content content) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        content.add(new TarMaker(bytes));
        return gzip(bytes.toByteArray());
    }

    private static byte[] gzip(byte[] bytes) throws IOException {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(packed)) {
            out.write(bytes);
        }
        return packed.toByteArray();
    }

    private static byte[] binary(long size) {
        byte[] bytes = new byte[12];
        bytes[0] = (byte) 0x80;
        for (int i = 0; i < 8; i++) {
            bytes[11 - i] = (byte) (size >> (8 * i));
        }
        return bytes;
    }

    private static byte[] filled(byte value) {
        byte[] bytes = new byte[12];
        Arrays.fill(bytes, value);
        return bytes;
    }

    private interface Zip {
        void fill(ZipMaker zip);
    }

    private void tarOf(String what, String words, TarMaker.Content content) throws IOException {
        save(what, "x.tar", words, tar(content));
    }

    private void zipOf(String what, String words, Zip content) throws IOException {
        ZipMaker zip = new ZipMaker();
        content.fill(zip);
        save(what, "x.zip", words, zip.bytes());
    }

    private void save(String what, String name, String words, byte[] bytes) throws IOException {
        add(what, name, ArchiveLimits.USUAL, words, bytes);
    }

    private void few(String what, String name, String words, byte[] bytes) throws IOException {
        add(what, name, FEW, words, bytes);
    }

    private void add(String what, String name, ArchiveLimits limits, String words, byte[] bytes) throws IOException {
        Path file = Files.write(directory.resolve(cases.size() + "-" + name), bytes);
        cases.add(new Case(what, file, name, limits, words));
    }
}
