package io.ropewalk.support.db;

import io.ropewalk.spi.ErrorCode;
import io.ropewalk.spi.RopewalkException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Keeps other servers off a PostgreSQL database: an advisory lock on a connection of its own, which PostgreSQL gives
/// back by itself when the server dies. A connection that breaks is made anew and the lock taken again; while that
/// fails, the log says so.
final class ServerLock implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ServerLock.class);
    /// "ropewalk" in ASCII, so that an administrator can find it.
    private static final long KEY = 0x726f706577616c6bL;

    private static final Duration CHECK_EVERY = Duration.ofSeconds(10);
    /// A server that was just killed is still connected for a moment.
    private static final Duration PATIENCE = Duration.ofSeconds(3);

    private final String url;
    private final Thread watch = Thread.ofVirtual().name("database-lock").unstarted(this::checkUntilClosed);
    private final ReentrantLock lock = new ReentrantLock();
    private @Nullable Connection connection;
    private boolean held;
    private volatile boolean closed;

    private ServerLock(String url) {
        this.url = url;
    }

    /// @throws RopewalkException naming the server that has the database
    static ServerLock take(String url) {
        ServerLock lock = new ServerLock(url);
        try {
            long deadline = System.nanoTime() + PATIENCE.toNanos();
            while (!lock.acquire()) {
                if (System.nanoTime() > deadline) {
                    String holder = lock.holder();
                    lock.close();
                    throw new RopewalkException(
                            ErrorCode.CONFLICT,
                            "The database is in use by another Ropewalk server (%s). Stop that one, or give this one another database; two servers on one would start each other's runs."
                                    .formatted(holder));
                }
                TimeUnit.MILLISECONDS.sleep(100);
            }
        } catch (SQLException e) {
            lock.close();
            throw new RopewalkException(
                    ErrorCode.UNAVAILABLE,
                    "The database cannot be reached: %s. Check that PostgreSQL runs and that the address in 'database' is right."
                            .formatted(e.getMessage()),
                    e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            lock.close();
            throw new RopewalkException(ErrorCode.UNAVAILABLE, "The start was interrupted.", e);
        }
        lock.watch.start();
        return lock;
    }

    private void checkUntilClosed() {
        try {
            while (!closed) {
                TimeUnit.MILLISECONDS.sleep(CHECK_EVERY.toMillis());
                check();
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    /// Looks whether the lock is still held, and takes it again if not.
    ///
    /// @return whether it is held now
    boolean check() {
        lock.lock();
        try {
            if (closed || (connection != null && held && connection.isValid(5))) {
                return held;
            }
            if (held) {
                held = false;
                LOG.warn("the connection that keeps other servers off the database was lost; it is made anew");
            }
            if (acquire()) {
                LOG.info("other servers are kept off the database again");
            } else {
                LOG.error(
                        "another server has taken the database meanwhile ({}); stop one of the two, or they start each other's runs",
                        holder());
            }
        } catch (SQLException e) {
            LOG.warn("the database cannot be reached, so other servers are not kept off it: {}", e.getMessage());
        } finally {
            lock.unlock();
        }
        return held;
    }

    private boolean acquire() throws SQLException {
        if (connection == null || !connection.isValid(5)) {
            disconnect();
            Properties properties = new Properties();
            properties.setProperty(
                    "ApplicationName",
                    "ropewalk, process " + ProcessHandle.current().pid());
            properties.setProperty("tcpKeepAlive", "true");
            connection = DriverManager.getConnection(url, properties);
        }
        try (Statement statement = connection.createStatement();
                ResultSet answer = statement.executeQuery("select pg_try_advisory_lock(" + KEY + ")")) {
            held = answer.next() && answer.getBoolean(1);
            return held;
        }
    }

    private String holder() throws SQLException {
        if (connection == null) {
            return "unknown";
        }
        try (Statement statement = connection.createStatement();
                ResultSet answer = statement.executeQuery("""
                        select a.application_name, coalesce(host(a.client_addr), 'this machine') as client,
                            a.backend_start
                        from pg_locks l join pg_stat_activity a on a.pid = l.pid
                        where l.locktype = 'advisory' and l.granted and l.objsubid = 1
                            and l.classid::bigint = %d and l.objid::bigint = %d
                            and l.database = (select oid from pg_database where datname = current_database())
                        """.formatted(KEY >>> Integer.SIZE, KEY & 0xffffffffL))) {
            return answer.next()
                    ? "%s at %s, since %s"
                            .formatted(
                                    answer.getString("application_name"),
                                    answer.getString("client"),
                                    answer.getTimestamp("backend_start").toInstant())
                    : "which has just ended";
        }
    }

    private void disconnect() {
        if (connection != null) {
            try {
                connection.close();
            } catch (SQLException e) {
                LOG.debug("a broken connection did not close", e);
            }
            connection = null;
        }
    }

    @Override
    public void close() {
        closed = true;
        watch.interrupt();
        lock.lock();
        try {
            held = false;
            disconnect();
        } finally {
            lock.unlock();
        }
    }
}
