package io.ropewalk.admin;

import io.ropewalk.spi.RopewalkException;
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
        if (job.view().state() == Job.State.going) {
            return false;
        }
        try {
            Instant now = clock.instant();
            if (next(now).filter(due -> !due.isAfter(now)).isEmpty()) {
                return false;
            }
            JobView made = job.carryOut(progress -> {
                Backups.Made done = backups.make(settings.directory(), Optional.of(settings.keep()), progress);
                return new Job.Outcome(done, done.problems());
            });
            return made.state() == Job.State.done;
        } catch (RopewalkException e) {
            LOG.debug("somebody else has begun one just now", e);
            return false;
        }
    }

    /// When the next backup is due; empty when none ever is.
    Optional<Instant> next(Instant now) {
        return settings.between()
                .map(between -> newest().filter(newest -> !newest.isAfter(now))
                        .map(newest -> newest.plus(between))
                        .orElse(now));
    }

    /// Empty as well when the directory cannot be read: trying to make one will say why. A backup of the future is of a
    /// clock that was set back since, which is why [#next] does not count it.
    private Optional<Instant> newest() {
        try {
            return BackupDirectory.newest(settings.directory());
        } catch (IOException e) {
            LOG.warn("the backups in '{}' cannot be looked at", settings.directory(), e);
            return Optional.empty();
        }
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
