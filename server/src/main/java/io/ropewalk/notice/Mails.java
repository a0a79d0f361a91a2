package io.ropewalk.notice;

import io.ropewalk.spi.ErrorCode;
import io.ropewalk.spi.RopewalkException;
import io.ropewalk.support.config.ServerSettings;
import io.ropewalk.support.json.Json;
import jakarta.mail.Authenticator;
import jakarta.mail.Message;
import jakarta.mail.MessagingException;
import jakarta.mail.PasswordAuthentication;
import jakarta.mail.SendFailedException;
import jakarta.mail.Session;
import jakarta.mail.Transport;
import jakarta.mail.internet.AddressException;
import jakarta.mail.internet.InternetAddress;
import jakarta.mail.internet.MimeMessage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Date;
import java.util.Properties;
import java.util.regex.Pattern;

/// Hands e-mail over to the machine that the configuration names.
final class Mails {
    private static final int LONGEST_ADDRESS = 254;
    private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9.-]+");

    private final ServerSettings.Mail settings;
    private final Path data;
    private final Duration limit;

    /// @param data a relative path of the password is below it
    /// @param limit how long each step may take
    Mails(ServerSettings.Mail settings, Path data, Duration limit) {
        this.settings = settings;
        this.data = data;
        this.limit = limit;
    }

    boolean offered() {
        return settings.isSet();
    }

    /// What to do where there is none.
    static String remedy() {
        return "This server has no machine to hand e-mail to. Whoever runs it sets 'notices: {mail: {host: …, from: …}}' in ropewalk.yaml and starts it again.";
    }

    /// @throws RopewalkException when it is not one plain address
    static void check(String address) {
        try {
            boolean plain = address.length() <= LONGEST_ADDRESS
                    && PLAIN.matcher(address).matches();
            InternetAddress parsed = new InternetAddress(plain ? address : "", true);
            if (plain && parsed.getAddress().equals(address)) {
                return;
            }
        } catch (AddressException e) {
            // Said below.
        }
        throw new RopewalkException(
                ErrorCode.INVALID_REQUEST,
                "'%s' is not one e-mail address such as me@example.org."
                        .formatted(address.replaceAll("\\p{Cntrl}", "?")));
    }

    void send(Channel channel, Delivery delivery) throws DeliveryException {
        if (!offered()) {
            throw new DeliveryException(remedy(), false);
        }
        Payload payload = Json.read(delivery.body(), Payload.class);
        try {
            Transport.send(message(channel, delivery, payload));
        } catch (SendFailedException e) {
            throw new DeliveryException("%s did not take it: %s".formatted(settings.host(), e.getMessage()), e);
        } catch (MessagingException e) {
            throw new DeliveryException("%s does not answer: %s".formatted(settings.host(), e.getMessage()), e);
        }
    }

    private MimeMessage message(Channel channel, Delivery delivery, Payload payload)
            throws MessagingException, DeliveryException {
        MimeMessage message = new MimeMessage(session()) {
            @Override
            protected void updateMessageID() throws MessagingException {
                // The same with every attempt, so that a repetition is known.
                setHeader("Message-ID", "<" + delivery.id() + "@ropewalk>");
            }
        };
        message.setFrom(new InternetAddress(settings.from()));
        message.setRecipient(Message.RecipientType.TO, new InternetAddress(channel.target(), true));
        message.setSubject(payload.data().title().replaceAll("\\p{Cntrl}", " "), "UTF-8");
        message.setSentDate(Date.from(payload.timestamp()));
        message.setHeader("Auto-Submitted", "auto-generated");
        message.setText(text(payload), "UTF-8");
        return message;
    }

    private static String text(Payload payload) {
        Payload.Data data = payload.data();
        StringBuilder text = new StringBuilder(data.title()).append(".\n");
        if (!data.text().isEmpty()) {
            text.append('\n').append(data.text()).append('\n');
        }
        if (data.run() != null) {
            text.append('\n').append(data.run().url()).append('\n');
        }
        return text.toString();
    }

    private Session session() throws DeliveryException {
        String millis = Long.toString(limit.toMillis());
        Properties properties = new Properties();
        properties.put("mail.smtp.host", settings.host());
        properties.put("mail.smtp.port", Integer.toString(settings.port()));
        properties.put("mail.smtp.connectiontimeout", millis);
        properties.put("mail.smtp.timeout", millis);
        properties.put("mail.smtp.writetimeout", millis);
        properties.put("mail.smtp.ssl.checkserveridentity", "true");
        if (settings.security().equals("starttls")) {
            properties.put("mail.smtp.starttls.enable", "true");
            properties.put("mail.smtp.starttls.required", "true");
        }
        if (settings.security().equals("tls")) {
            properties.put("mail.smtp.ssl.enable", "true");
        }
        if (settings.user().isEmpty()) {
            return Session.getInstance(properties);
        }
        properties.put("mail.smtp.auth", "true");
        PasswordAuthentication signIn = new PasswordAuthentication(settings.user(), password());
        return Session.getInstance(properties, new Authenticator() {
            @Override
            protected PasswordAuthentication getPasswordAuthentication() {
                return signIn;
            }
        });
    }

    private String password() throws DeliveryException {
        try {
            return Files.readString(data.resolve(settings.passwordFile())).strip();
        } catch (IOException e) {
            throw new DeliveryException(
                    "The file with the password for e-mail, '%s', cannot be read.".formatted(settings.passwordFile()),
                    e);
        }
    }
}
