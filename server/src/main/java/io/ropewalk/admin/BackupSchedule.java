package io.ropewalk.admin;

import io.ropewalk.support.config.ServerSettings;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Makes a backup when the newest one of the configured directory is old enough. One that fails is tried again with
/// the next look.
final class BackupSchedule implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(BackupSchedule.class);
    private static final Duration LOOK_EVERY = Duration.ofMinutes(1);

    private final Backups backups;
    private final ServerSettings.Backup settings;
    private final Job job;
    private final Clock clock;
    private final Thread loop = Thread.ofVirtual().name("backups").unstarted(this::lookUntilInterrupted);

    BackupSchedule(Backups backups, ServerSettings.Backup settings, Job job, Clock clock) {
        this.backups = backups;
        this.settings = settings;
        this.job = job;
        this.clock = clock;
    }

    void start() {
        if (settings.between().isPresent()) {
            loop.start();
        }
    }

    /// @return whether a backup was made
    boolean pass() {
        Optional<Duration> between = settings.between();
        if (between.isEmpty() || job.view().state() == Job.State.going) {
            return false;
        }
        try {
            Optional<Instant> newest = backups.newest(settings.directory());
            if (newest.isPresent() && clock.instant().isBefore(newest.get().plus(between.get()))) {
                return false;
            }
        } catch (IOException e) {
            LOG.warn("the backups in '{}' cannot be looked at; it is tried again later", settings.directory(), e);
            return false;
        }
        Job.View made = job.carryOut(progress -> {
            Backups.Made done = backups.make(settings.directory(), Optional.of(settings.keep()), progress);
            return new Job.Outcome(done, done.problems());
        });
        return made.state() == Job.State.done;
    }

    private void lookUntilInterrupted() {
        try {
            Duration look = settings.between()
                    .filter(between -> between.compareTo(LOOK_EVERY) < 0)
                    .orElse(LOOK_EVERY);
            while (true) {
                TimeUnit.MILLISECONDS.sleep(look.toMillis());
                pass();
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        loop.interrupt();
    }
}
