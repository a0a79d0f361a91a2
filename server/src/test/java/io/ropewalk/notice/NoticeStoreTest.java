package io.ropewalk.notice;

import static org.assertj.core.api.Assertions.assertThat;

import io.ropewalk.access.Scope;
import io.ropewalk.spi.ProjectId;
import io.ropewalk.spi.WorkspaceId;
import io.ropewalk.support.db.Database;
import io.ropewalk.support.json.Json;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Somebody else's notices, rules and channels.
class NoticeStoreTest {
    private static final Instant NOW = Instant.parse("2030-01-01T00:00:00Z");

    private static void notice(Database database, String id, String person, String project) {
        database.write(handle -> handle.createUpdate("""
                        insert into notice
                            (id, person, run_id, occasion, workspace_id, project_id, kind, told, created_at)
                        values (:id, :person, :id, 'end', 'w', :project, 'failed', :told, 0)
                        """)
                .bind("id", id)
                .bind("person", person)
                .bind("project", project)
                .bind("told", Json.write(new Notice.Told("title", "", "run-1", 1, "default", project)))
                .execute());
    }

    @ParameterizedTest
    @MethodSource("io.ropewalk.support.db.TestDatabases#both")
    void nobodySeesWhatSomebodyElseWasTold(Database database) {
        NoticeStore store = new NoticeStore(database);
        notice(database, "n-1", "ada", "p-1");
        notice(database, "n-2", "ada", "p-2");
        notice(database, "n-3", "bob", "p-1");

        assertThat(store.list("ada", Scope.EVERYTHING, false, null, 10))
                .extracting(Notice::id)
                .containsExactly("n-2", "n-1");
        assertThat(store.list("bob", Scope.EVERYTHING, true, null, 10))
                .extracting(Notice::id)
                .containsExactly("n-3");
        assertThat(store.list("eve", Scope.EVERYTHING, false, null, 10)).isEmpty();
        Scope one = new Scope.OneProject(new WorkspaceId("w"), new ProjectId("p-1"));
        assertThat(store.list("ada", one, false, null, 10))
                .as("of projects that she may not see any more")
                .extracting(Notice::id)
                .containsExactly("n-1");
        assertThat(store.unread("ada", one)).isEqualTo(1);
        assertThat(store.unread("ada", Scope.NOTHING)).isZero();

        store.write(handle -> {
            assertThat(store.read(handle, "bob", "n-1", NOW)).isFalse();
            store.readAll(handle, "bob", NOW);
            return true;
        });
        assertThat(store.unread("ada", Scope.EVERYTHING)).isEqualTo(2);
        assertThat(store.unread("bob", Scope.EVERYTHING)).isZero();
        database.close();
    }

    @ParameterizedTest
    @MethodSource("io.ropewalk.support.db.TestDatabases#both")
    void nobodyTouchesSomebodyElsesRulesAndChannels(Database database) {
        NoticeStore store = new NoticeStore(database);
        ChannelStore channels = new ChannelStore(database);
        Channel channel = new Channel("c-1", "ada", Channel.Kind.EMAIL, "mail", "ada@example.org", NOW);
        Rule rule =
                new Rule("r-1", "ada", new About.Mine("ada"), new Occasion.Ended(), List.of("c-1"), NOW.plusSeconds(1));
        store.write(handle -> {
            store.welcome(handle, "ada", NOW);
            store.welcome(handle, "ada", NOW);
            assertThat(store.insert(handle, rule, null)).isTrue();
            assertThat(store.insert(handle, new Rule("r-2", "ada", rule.about(), rule.on(), List.of(), NOW), null))
                    .as("the same once more")
                    .isFalse();
            assertThat(channels.insert(handle, channel)).isTrue();
            return true;
        });
        store.write(handle -> {
            assertThat(store.rulesOf(handle, "ada")).hasSize(2).contains(rule);
            assertThat(store.rulesOf(handle, "bob")).isEmpty();
            assertThat(store.rule(handle, "bob", "r-1")).isEmpty();
            assertThat(store.deleteRule(handle, "bob", "r-1")).isFalse();
            assertThat(channels.of(handle, "bob")).isEmpty();
            assertThat(channels.delete(handle, "bob", "c-1")).isFalse();
            return true;
        });
        assertThat(channels.find("bob", "c-1")).isEmpty();
        assertThat(channels.find("ada", "c-1")).isEqualTo(Optional.of(channel));
        database.close();
    }

    @ParameterizedTest
    @MethodSource("io.ropewalk.support.db.TestDatabases#both")
    void whatIsDueIsFoundAlsoWhenTheClockWasSetBack(Database database) {
        ChannelStore channels = new ChannelStore(database);
        channels.write(handle -> {
            channels.insert(handle, Delivery.first("m-1", "c-1", "{}", NOW), null);
            channels.insert(handle, Delivery.first("m-2", "c-2", "{}", NOW.plusSeconds(60)), null);
            return true;
        });
        assertThat(channels.due(NOW, List.of(), 10)).extracting(Delivery::id).containsExactly("m-1");
        assertThat(channels.due(NOW, List.of("c-1"), 10)).isEmpty();
        assertThat(channels.due(NOW.minusSeconds(86_400), List.of(), 10))
                .extracting(Delivery::id)
                .containsExactly("m-1", "m-2");
        database.close();
    }
}
