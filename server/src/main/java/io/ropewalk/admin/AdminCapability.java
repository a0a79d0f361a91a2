package io.ropewalk.admin;

import io.ropewalk.support.config.ServerSettings;
import io.ropewalk.support.http.Endpoint;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.List;

/// The parts of this capability, joined.
public final class AdminCapability implements AutoCloseable {
    private final BackupSchedule schedule;
    private final List<Endpoint<?, ?>> endpoints;

    public AdminCapability(Backups.Server server, ServerSettings.Backup settings, Clock clock) {
        Backups backups = new Backups(server, clock);
        Job backup = new Job("backup", clock);
        this.schedule = new BackupSchedule(backups, settings, backup, clock);
        LatestBackup latest = LatestBackup.of(server.data());
        this.endpoints = new AdminApi(
                        backups,
                        settings,
                        new ServerCheck(server.database(), server.data()),
                        backup,
                        new Job("check", clock),
                        () -> BackupOverview.of(
                                settings,
                                schedule.next(clock.instant().truncatedTo(ChronoUnit.MILLIS)),
                                latest.read(),
                                backup.view()))
                .endpoints();
    }

    public List<Endpoint<?, ?>> endpoints() {
        return endpoints;
    }

    public void start() {
        schedule.start();
    }

    /// Ends the schedule. A backup that is being made ends with the server; what it left is no backup.
    @Override
    public void close() {
        schedule.close();
    }
}
