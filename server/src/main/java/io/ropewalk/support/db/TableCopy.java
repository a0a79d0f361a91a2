package io.ropewalk.support.db;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.Collectors;
import org.jdbi.v3.core.statement.UnableToExecuteStatementException;

/// One table, copied row by row from one kind of database to the other. Both know only texts, whole numbers and bytes.
record TableCopy(String name, List<String> columns, List<String> refersTo) {
    private static final int AT_ONCE = 500;

    TableCopy {
        columns = List.copyOf(columns);
        refersTo = List.copyOf(refersTo);
    }

    /// All tables of an SQLite database, each behind those that it refers to.
    static List<TableCopy> tablesOf(Connection sqlite) throws SQLException {
        List<TableCopy> waiting = new ArrayList<>();
        for (String name : texts(
                sqlite,
                "select name from sqlite_master where type = 'table' and name not like 'sqlite!_%' escape '!'"
                        + " and name <> 'flyway_schema_history' order by name",
                1)) {
            waiting.add(new TableCopy(
                    name,
                    texts(sqlite, "pragma table_info(" + quoted(name) + ")", 2),
                    texts(sqlite, "pragma foreign_key_list(" + quoted(name) + ")", 3)));
        }
        List<TableCopy> ordered = new ArrayList<>();
        while (!waiting.isEmpty()) {
            List<TableCopy> free = waiting.stream()
                    .filter(table -> waiting.stream()
                            .noneMatch(other -> !other.equals(table) && table.refersTo.contains(other.name)))
                    .toList();
            if (free.isEmpty()) {
                throw new IllegalStateException("tables refer to each other in a circle: " + waiting);
            }
            ordered.addAll(free);
            waiting.removeAll(free);
        }
        return ordered;
    }

    /// @return how many rows
    static long copyAll(List<TableCopy> tables, Connection from, Connection to) {
        try {
            long rows = 0;
            for (TableCopy table : tables) {
                rows += table.copy(from, to);
            }
            return rows;
        } catch (SQLException e) {
            // As statements of a transaction fail: its owner knows which of them to try again.
            throw new UnableToExecuteStatementException("cannot copy rows", e, null);
        }
    }

    private long copy(Connection from, Connection to) throws SQLException {
        String names = columns.stream().map(TableCopy::quoted).collect(Collectors.joining(", "));
        String marks = String.join(", ", Collections.nCopies(columns.size(), "?"));
        long rows = 0;
        try (Statement select = from.createStatement();
                PreparedStatement insert = to.prepareStatement(
                        "insert into " + quoted(name) + " (" + names + ") values (" + marks + ")")) {
            select.setFetchSize(AT_ONCE);
            try (ResultSet row = select.executeQuery("select " + names + " from " + quoted(name))) {
                while (row.next()) {
                    for (int i = 1; i <= columns.size(); i++) {
                        insert.setObject(i, row.getObject(i));
                    }
                    insert.addBatch();
                    if (++rows % AT_ONCE == 0) {
                        insert.executeBatch();
                    }
                }
            }
            insert.executeBatch();
        }
        return rows;
    }

    private static List<String> texts(Connection sqlite, String query, int column) throws SQLException {
        List<String> texts = new ArrayList<>();
        try (Statement statement = sqlite.createStatement();
                ResultSet row = statement.executeQuery(query)) {
            while (row.next()) {
                texts.add(row.getString(column));
            }
        }
        return texts;
    }

    private static String quoted(String name) {
        return '"' + name + '"';
    }
}
