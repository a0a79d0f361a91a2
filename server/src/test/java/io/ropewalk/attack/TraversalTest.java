package io.ropewalk.attack;

import static org.assertj.core.api.Assertions.assertThat;

import io.ropewalk.TestServer;
import io.ropewalk.attack.Victim.Field;
import io.ropewalk.attack.Wire.Operation;
import io.ropewalk.attack.Wire.Reply;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/// Every field of every request, with everything that has ever led out of a directory.
@Timeout(600)
@ParameterizedClass
@MethodSource("io.ropewalk.TestServer#onBoth")
class TraversalTest {
    /// What a run that has ended, a project that exists or the next request would not bear, or is no tar archive.
    private static final Set<String> NOT_TWICE = Set.of(
            "POST /api/v1/runs/{run}/stop",
            "POST /api/v1/runs/{run}/finish",
            "DELETE /api/v1/session",
            "POST /api/v1/notice-rules",
            "POST /api/v1/notice-channels",
            "DELETE /api/v1/notice-rules/{rule}",
            "DELETE /api/v1/notice-channels/{channel}",
            "DELETE /api/v1/workspaces/{workspace}/projects/{project}",
            "POST /api/v1/workspaces/{workspace}/projects",
            "POST /api/v1/workspaces/{workspace}/blobs");

    private final Victim victim;

    TraversalTest(TestServer server) {
        victim = new Victim(server);
    }

    private List<String> hostile() {
        List<String> texts = new ArrayList<>(List.of(
                "..",
                ".",
                "../secret.txt",
                "../../../../../../../../etc/passwd",
                "..\\..\\secret.txt",
                "....//....//secret.txt",
                "..;/secret.txt",
                "a/../../../secret.txt",
                "./../secret.txt",
                "%2e%2e%2fsecret.txt",
                "%252e%252e%252fsecret.txt",
                "..%2fsecret.txt",
                "..%5csecret.txt",
                "%00",
                "%",
                "/etc/passwd",
                "//etc/passwd",
                "\\\\host\\share",
                "C:\\secret.txt",
                "file:///etc/passwd",
                "~/secret.txt",
                "~root",
                "\0",
                "a.txt\0.png",
                "../secret.txt\0",
                "\n",
                "a\r\nX-Evil: 1",
                "\u001b[31mred",
                "\uff0e\uff0e\uff0fsecret.txt",
                "\u2025/secret.txt",
                "\u202egnp.txt",
                "-rf",
                "--help",
                "$(touch evil)",
                "`touch evil`",
                "; touch evil",
                "| touch evil",
                "' or '1'='1",
                "\" or 1=1 --",
                "${jndi:ldap://127.0.0.1/x}",
                "{{ .x }}",
                "*",
                " ",
                "",
                "9999999999999999999999",
                "-1",
                "NaN",
                "\ud83d\ude00",
                "x".repeat(10_000),
                "../".repeat(3_000)));
        texts.add(victim.secretFile().toString());
        return texts;
    }

    /// How a text can stand at a place of a request.
    private static Set<String> spellings(String text, Field field) {
        Set<String> spellings = new LinkedHashSet<>();
        if (field.where().startsWith("/")) {
            spellings.add(Victim.json(text));
        } else if (field.where().equals("header")) {
            spellings.add(text.replaceAll("[^\\x20-\\x7e]", "?"));
        } else {
            spellings.add(Wire.encoded(text));
            spellings.add(Wire.encoded(Wire.encoded(text)));
            if (text.chars().allMatch(c -> c > ' ' && c < 0x7f && c != '#' && c != '?' && c != '&')) {
                spellings.add(text);
            }
            spellings.add(Wire.encoded(text).replace("%2E", ".").replace("%2F", "%c0%af"));
        }
        return spellings;
    }

    @Test
    void noFieldLeadsOutOfTheServersDirectoryOrBreaksIt() {
        List<String> before = victim.beside();
        List<String> harm = new ArrayList<>();
        int sent = 0;
        for (Operation operation : Wire.operations()) {
            for (Field field : victim.fields(operation)) {
                for (String text : hostile()) {
                    for (String spelling : spellings(text, field)) {
                        byte[] request = victim.request(
                                operation,
                                field,
                                spelling,
                                victim.server().server().ownerToken());
                        Reply reply = victim.send(request);
                        sent++;
                        String what = victim.harm(reply);
                        // Of an address that is too long the rest is not read, so the answer may get lost.
                        boolean silent = reply.status() == 0 && request.length < 16_000;
                        if (!what.isEmpty() || silent) {
                            harm.add("%s, %s %s = %.80s: %.300s"
                                    .formatted(operation, field.where(), field.name(), spelling, what));
                        }
                    }
                }
            }
        }
        assertThat(harm).as("of %d requests", sent).isEmpty();
        assertThat(victim.beside()).isEqualTo(before);
        assertThat(victim.secretFile()).hasContent("canary-7f1c9e55");
        assertThat(sent).isGreaterThan(600);
        assertThat(victim.server().get("/health").status()).isEqualTo(200);
    }

    /// Otherwise the attacks above would all end at the same door.
    @Test
    void theGoodRequestsThatTheAttacksAreMadeOfAreGood() {
        List<String> refused = new ArrayList<>();
        for (Operation operation : Wire.operations()) {
            if (NOT_TWICE.contains(operation.toString())) {
                continue;
            }
            Reply reply = victim.send(victim.request(
                    operation, new Field("", ""), "", victim.server().server().ownerToken()));
            if (reply.status() >= 400 || reply.status() == 0) {
                refused.add(operation + ": " + reply.status() + " " + reply.body());
            }
        }
        assertThat(refused).isEmpty();
    }
}
