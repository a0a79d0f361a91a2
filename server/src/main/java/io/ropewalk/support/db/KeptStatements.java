package io.ropewalk.support.db;

import java.sql.CallableStatement;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jdbi.v3.core.statement.DefaultStatementBuilder;
import org.jdbi.v3.core.statement.StatementBuilder;
import org.jdbi.v3.core.statement.StatementContext;

/// The prepared statements of one connection, kept for the next use of the same text: SQLite takes as long to read a
/// statement as to carry it out. For the use of one thread at a time.
final class KeptStatements implements StatementBuilder {
    private static final int KEPT = 128;

    private final DefaultStatementBuilder plain = new DefaultStatementBuilder();
    /// Those that nobody uses at the moment.
    private final Map<String, PreparedStatement> free = new LinkedHashMap<>();

    @Override
    public Statement create(Connection connection, StatementContext context) throws SQLException {
        return plain.create(connection, context);
    }

    @Override
    public PreparedStatement create(Connection connection, String sql, StatementContext context) throws SQLException {
        PreparedStatement kept = free.remove(sql);
        return kept == null ? plain.create(connection, sql, context) : kept;
    }

    @Override
    public CallableStatement createCall(Connection connection, String sql, StatementContext context)
            throws SQLException {
        return plain.createCall(connection, sql, context);
    }

    @Override
    public void close(Connection connection, String sql, Statement statement) throws SQLException {
        if (!(statement instanceof PreparedStatement prepared) || free.containsKey(sql)) {
            statement.close();
            return;
        }
        try {
            prepared.clearBatch();
            prepared.clearParameters();
            free.put(sql, prepared);
        } catch (SQLException e) {
            // Whatever it was used for has failed; the next use makes a new one.
            statement.close();
        }
        if (free.size() > KEPT) {
            var oldest = free.entrySet().iterator();
            oldest.next().getValue().close();
            oldest.remove();
        }
    }
}
