package io.ropewalk.support.egress;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// Tells the addresses of strangers from those that only this machine, its network or its provider can reach. A
/// pure table.
final class PublicAddresses {
    private static final List<Block> REFUSED = List.of(
            block("this machine", "0.0.0.0", 8),
            block("a private network", "10.0.0.0", 8),
            block("a provider's own network", "100.64.0.0", 10),
            block("this machine", "127.0.0.0", 8),
            block("this link, where clouds keep their secrets", "169.254.0.0", 16),
            block("a private network", "172.16.0.0", 12),
            block("a protocol's own use", "192.0.0.0", 24),
            block("documentation", "192.0.2.0", 24),
            block("a relay", "192.88.99.0", 24),
            block("a private network", "192.168.0.0", 16),
            block("measurements", "198.18.0.0", 15),
            block("documentation", "198.51.100.0", 24),
            block("documentation", "203.0.113.0", 24),
            block("a group of machines", "224.0.0.0", 4),
            block("no use yet", "240.0.0.0", 4),
            block("discarding", "100::", 64),
            block("another protocol within", "2001::", 23),
            block("documentation", "2001:db8::", 32),
            block("documentation", "3fff::", 20),
            block("a private network", "fc00::", 7),
            block("this link", "fe80::", 10),
            block("a private network", "fec0::", 10),
            block("a group of machines", "ff00::", 8),
            block("a provider's own network", "64:ff9b:1::", 48));

    /// Addresses of the sixth version that lead to one of the fourth, which stands at a byte of them.
    private static final List<Embedding> EMBEDDED = List.of(
            new Embedding(block("", "::ffff:0:0:0", 96), 12),
            new Embedding(block("", "64:ff9b::", 96), 12),
            new Embedding(block("", "2002::", 16), 2),
            new Embedding(new Block("", new byte[16], 96), 12));

    private record Block(String use, byte[] prefix, int bits) {
        boolean has(byte[] address) {
            if (address.length != prefix.length) {
                return false;
            }
            for (int bit = 0; bit < bits; bit++) {
                int mask = 0x80 >> (bit % 8);
                if ((address[bit / 8] & mask) != (prefix[bit / 8] & mask)) {
                    return false;
                }
            }
            return true;
        }
    }

    private record Embedding(Block block, int at) {}

    private PublicAddresses() {}

    private static Block block(String use, String prefix, int bits) {
        return new Block(use, InetAddress.ofLiteral(prefix).getAddress(), bits);
    }

    /// What an address is for when it is not for strangers; empty when it is.
    static Optional<String> otherUse(InetAddress address) {
        List<byte[]> all = new ArrayList<>(List.of(address.getAddress()));
        if (!(address instanceof Inet4Address)) {
            for (Embedding embedding : EMBEDDED) {
                if (embedding.block().has(address.getAddress())) {
                    all.add(Arrays.copyOfRange(address.getAddress(), embedding.at(), embedding.at() + 4));
                }
            }
        }
        return all.stream()
                .flatMap(one -> REFUSED.stream().filter(block -> block.has(one)))
                .map(Block::use)
                .findFirst();
    }
}
