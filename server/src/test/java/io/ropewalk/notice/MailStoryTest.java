package io.ropewalk.notice;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.icegreen.greenmail.util.GreenMail;
import com.icegreen.greenmail.util.ServerSetup;
import io.ropewalk.TestServer;
import jakarta.mail.internet.MimeMessage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// E-mail, handed over to a real machine that takes it.
class MailStoryTest {
    @TempDir
    Path directory;

    private static JsonNode deliveries(TestServer server, String channel) {
        return server.get("/api/v1/notice-channels/" + channel + "/deliveries")
                .expect(200)
                .json();
    }

    private static String channel(TestServer server, String address) {
        return server.post("/api/v1/notice-channels", Map.of("kind", "email", "target", address))
                .expect(201)
                .json()
                .get("id")
                .asText();
    }

    @Test
    void aFailedRunIsToldByEmail() throws Exception {
        GreenMail mail = new GreenMail(new ServerSetup(0, "127.0.0.1", ServerSetup.PROTOCOL_SMTP));
        mail.start();
        try (TestServer server = TestServer.start(Map.of(
                "notices.mail.host", "127.0.0.1",
                "notices.mail.port", Integer.toString(mail.getSmtp().getPort()),
                "notices.mail.from", "ropewalk@example.org",
                "notices.mail.security", "none"))) {
            server.apply("mail", "{name: mail, tasks: [{name: bad, command: exit 7}]}");
            String channel = channel(server, "me@example.org");
            server.post("/api/v1/notice-rules", Map.of("project", "mail", "on", "failed", "channels", List.of(channel)))
                    .expect(201);
            String run = server.run("mail", "bad");

            assertThat(mail.waitForIncomingEmail(60_000, 1)).isTrue();
            MimeMessage message = mail.getReceivedMessages()[0];
            assertThat(message.getSubject()).isEqualTo("bad-1 of mail has failed");
            assertThat(message.getAllRecipients()[0]).hasToString("me@example.org");
            assertThat(message.getFrom()[0]).hasToString("ropewalk@example.org");
            assertThat(message.getContent().toString())
                    .contains("worker-0 ended with exit code 7")
                    .contains(server.server().url() + "/runs/" + run);
            JsonNode delivery = NoticeStoryTest.eventually(
                            () -> deliveries(server, channel),
                            all -> all.get(0).get("state").asText().equals("delivered"))
                    .get(0);
            assertThat(message.getMessageID())
                    .isEqualTo("<" + delivery.get("id").asText() + "@ropewalk>");
        } finally {
            mail.stop();
        }
    }

    @Test
    void whoMustSignInDoesSoWithThePasswordOfTheFile() throws Exception {
        GreenMail mail = new GreenMail(new ServerSetup(0, "127.0.0.1", ServerSetup.PROTOCOL_SMTP));
        mail.setUser("me@example.org", "ropewalk", "hush");
        mail.start();
        Path password = Files.writeString(directory.resolve("password"), "hush\n");
        try {
            Mails mails = new Mails(
                    new io.ropewalk.support.config.ServerSettings.Mail(
                            "127.0.0.1",
                            mail.getSmtp().getPort(),
                            "ropewalk@example.org",
                            "ropewalk",
                            password,
                            "starttls"),
                    directory,
                    java.time.Duration.ofSeconds(10));
            java.time.Instant now = java.time.Instant.now();
            Channel channel = new Channel("c", "owner", Channel.Kind.EMAIL, "me", "me@example.org", now);
            Delivery delivery =
                    Delivery.first("msg_1", "c", io.ropewalk.support.json.Json.write(Payload.test(channel, now)), now);
            org.assertj.core.api.Assertions.assertThatExceptionOfType(DeliveryException.class)
                    .as("it offers no encryption, so the password stays here")
                    .isThrownBy(() -> mails.send(channel, delivery))
                    .withMessageContaining("STARTTLS");
            assertThat(mail.getReceivedMessages()).isEmpty();
        } finally {
            mail.stop();
        }
    }

    @Test
    void whereThereIsNoMachineThatTakesItTheRemedyIsSaid() {
        try (TestServer server = TestServer.start()) {
            JsonNode channels = server.get("/api/v1/notice-channels").json();
            assertThat(channels.get("mail").asBoolean()).isFalse();
            assertThat(channels.get("mailRemedy").asText()).contains("notices: {mail: {host: …, from: …}}");
            assertThat(server.post("/api/v1/notice-channels", Map.of("kind", "email", "target", "me@example.org"))
                            .expect(409)
                            .response()
                            .body())
                    .contains("no machine to hand e-mail to");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "me",
                "@example.org",
                "me@",
                "me@example.org, you@example.org",
                "Me <me@example.org>",
                "me@example.org\r\nBcc: you@example.org",
                "me example@example.org",
                "group:me@example.org;",
                "me@example..org"
            })
    void onlyOnePlainAddressIsTaken(String address) {
        org.assertj.core.api.Assertions.assertThatExceptionOfType(io.ropewalk.spi.RopewalkException.class)
                .isThrownBy(() -> Mails.check(address))
                .withMessageContaining("is not one e-mail address");
    }
}
