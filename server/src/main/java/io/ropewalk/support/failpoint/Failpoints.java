package io.ropewalk.support.failpoint;

import io.ropewalk.spi.DurableStep;
import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/// Every named point, with where it stands. Those of the local executor are reached through [DurableStep].
public enum Failpoints {
    DATA_TAKEN("data.taken", "the data directory is locked, nothing has been read"),
    TOKEN_WRITTEN("token.written", "a new secret is in a draft, which has not taken its place"),
    LIBRARY_COPIED("library.copied", "a file of the Python library is in a draft, which has not taken its place"),
    DATA_ANNOUNCED("data.announced", "the server listens and has said where"),

    DB_TRANSACTION_BEFORE("db.transaction.before", "a batch of changes has arrived, no transaction has begun"),
    DB_COMMIT_BEFORE("db.commit.before", "all statements of a batch are done, nothing is committed"),
    DB_COMMIT_AFTER("db.commit.after", "a batch is committed and synced, nobody has been told"),
    DB_ANSWERS_AFTER("db.answers.after", "whoever waited for a batch has been told"),

    KEY_ROW_BEFORE("key.row.before", "a keyed request's change is made, its answer is not in the transaction"),
    KEY_ROW_AFTER("key.row.after", "a keyed request's answer is in the transaction, which is not committed"),
    KEY_APART_BEFORE("key.apart.before", "a handler that keeps no key is done, its answer is not stored"),
    KEY_APART_AFTER("key.apart.after", "the answer of a handler that keeps no key is stored, not sent"),
    KEY_ANSWERED("key.answered", "a keyed request is carried out, its answer not sent"),

    RUN_NUMBER_TAKEN("run.number.taken", "the number of a new run is taken in the transaction that inserts it"),
    RUN_ROW_INSERTED("run.row.inserted", "the row of a new run is inserted, its request's key is not"),
    RUN_STORED("run.stored", "a new run is committed, nobody looks after it"),
    RUN_BEGUN("run.begun", "a new run is being looked after, its answer is not sent"),
    TRACK_STORED("track.stored", "a run from outside is committed, its answer not sent"),
    FINISH_NOTED("finish.noted", "the end of a run from outside is in the transaction, not committed"),
    FINISH_STORED("finish.stored", "the end of a run from outside is committed, nobody was told"),
    STOP_NOTED("stop.noted", "the wish to stop is in the transaction, not committed"),
    STOP_STORED("stop.stored", "the wish to stop is committed, nobody acts on it"),
    INFO_STORED("info.stored", "what is known about a run has grown, nobody was told"),

    RECOVER_LEASED("recover.leased", "the runs of an earlier server are taken over, not yet on the account"),
    RECOVER_PLACED("recover.placed", "runs that have places are on the account, those that wait are not"),
    RECOVER_DONE("recover.done", "all runs of an earlier server are on the account, no request is answered"),

    START_BEFORE("start.before", "a run has its place, nothing of it is made ready"),
    START_DIRECTORY("start.directory", "the directory of a run is made, its sources are not fetched"),
    START_PREPARED("start.prepared", "everything that a run needs is there, its launch is not built"),
    SUBMIT_BEFORE("submit.before", "a launch is built and is about to be submitted"),
    SUBMIT_AFTER("submit.after", "a launch is submitted, its handle is not stored"),
    SUBMIT_SEEN("submit.seen", "a submitted launch has been looked at, its handle is not stored"),
    PROGRESS_STORED("progress.stored", "what is being made ready is shown on the run, and goes on"),
    GIVE_UP_BEFORE("give.up.before", "a start is given up, what it left has not been looked for"),
    GIVE_UP_AFTER("give.up.after", "what a given-up start left is known, nothing is stored"),
    RESTART_DECIDED("restart.decided", "another attempt is decided on, not stored"),
    RESTART_STORED("restart.stored", "another attempt is stored as waiting, not submitted"),
    RESTART_SUBMITTED("restart.submitted", "another attempt is submitted, nothing more is stored"),

    LOOK_ROW_BEFORE("look.row.before", "the transaction of a look has begun, the run's row is not written"),
    LOOK_ROW_AFTER("look.row.after", "the run's row is written, its replicas are not"),
    RETRY_ROW("retry.row", "a failed run's successor has a row in the transaction that ends the run"),
    LOOK_REPLICAS_AFTER("look.replicas.after", "the rows of replicas are written, what happened is not"),
    LOOK_EVENTS_AFTER("look.events.after", "everything a look found is written, not committed"),
    LOOK_STORED("look.stored", "what a look found is committed, nobody was told"),
    CANCEL_BEFORE("cancel.before", "a run is ending, its programs have not been told"),
    CANCEL_AFTER("cancel.after", "the programs of an ending run have been told"),
    DRAIN_BEFORE("drain.before", "all programs have ended, the rest of their numbers is not taken over"),
    DRAIN_AFTER("drain.after", "all numbers are taken over, the cluster's places are not freed"),
    RELEASE_AFTER("release.after", "the cluster's places are freed, the run is not stored as ended"),
    ENDED_STORED("ended.stored", "a run is stored as ended, its place is not given on"),

    JOURNAL_BEFORE("journal.before", "a change is stored, the run's own log does not tell it"),
    JOURNAL_AFTER("journal.after", "a line is in the run's own log, nobody was told"),

    NOTICE_FOUND("notice.found", "runs have ended, nothing is written of whom to tell"),
    NOTICE_ROWS("notice.rows", "notices and deliveries have rows, the runs are not marked as told"),
    NOTICE_STORED("notice.stored", "notices, deliveries and marks are committed, nobody was told"),
    DELIVERY_DUE("delivery.due", "a delivery is about to be sent"),
    DELIVERY_SENT("delivery.sent", "a delivery was sent, what came of it is not stored"),
    DELIVERY_STORED("delivery.stored", "what came of a delivery is committed"),

    NUMBER_NUMBERED("number.numbered", "numbers have their steps and their place in the order, no row"),
    NUMBER_ROW("number.row", "numbers have a row, what is stored with them has not"),
    NUMBER_STORED("number.stored", "numbers are committed, not in memory"),
    CURSOR_BEFORE("cursor.before", "numbers of a log are in the transaction, how far it was read is not"),
    CURSOR_MOVED("cursor.moved", "how far a log was read is in the transaction, not committed"),
    CURSOR_STORED("cursor.stored", "how far a log was read is committed, not in memory"),

    DOCUMENT_ROW("document.row", "the text of a document has a row, its revision has not"),
    REVISION_ROW("revision.row", "a revision has a row, no experiment points to it"),
    HEAD_MOVED("head.moved", "an experiment points to a new revision, not committed"),
    DOCUMENT_SAVED("document.saved", "a new revision is committed, its answer not sent"),
    DELETE_ROWS("delete.rows", "the rows of a deleted project are gone, not committed"),
    DELETE_STORED("delete.stored", "a project is deleted, its files are there"),
    LEAVING_TREES("leaving.trees", "the fetched trees of a deleted project are gone, the note about them is not"),
    LEAVING_FILES("leaving.files", "the files of a deleted run are gone, the note about them is not"),
    ORPHAN_REMOVED("orphan.removed", "one content that nobody has any more is gone"),

    UPLOAD_RECEIVED("upload.received", "an archive has arrived, nothing is unpacked"),
    CONTENT_BEGUN("content.begun", "a content has a draft without bytes"),
    CONTENT_SYNCED("content.synced", "a content is whole and synced, not in its place"),
    CONTENT_PLACED("content.placed", "a content is in its place, the folder is not synced"),
    CONTENTS_SYNCED("contents.synced", "all contents of an upload are safe, its list of files is not"),
    MANIFEST_STORED("manifest.stored", "the list of an upload's files is safe, no row names it"),
    SNAPSHOT_ROW("snapshot.row", "an upload has a row, not committed"),
    SNAPSHOT_STORED("snapshot.stored", "an upload is committed, its answer not sent"),
    TREE_BEGUN("tree.begun", "a directory for a tree is made, it has no files"),
    TREE_WRITTEN("tree.written", "a tree has all files, nothing is noted of them"),
    TREE_NOTED("tree.noted", "a tree is whole, not in its place"),
    TREE_PLACED("tree.placed", "a tree is in its place, nobody has used it"),

    ENVIRONMENT_NOTED("environment.noted", "an environment is noted as being built, nothing is installed"),
    ENVIRONMENT_BUILT("environment.built", "an environment is installed, not marked as ready"),
    ENVIRONMENT_MARK("environment.mark", "the mark of an environment is synced, not in its place"),
    ENVIRONMENT_MARKED("environment.marked", "an environment is marked as ready, its row says it is being built"),
    ENVIRONMENT_READY("environment.ready", "an environment is ready in every way, nobody was told"),

    LOCAL_ADDRESS_TAKEN("local.address.taken", "a replica's address is taken, no plan says so"),
    LOCAL_PLAN_BEFORE("local.plan.before", "a plan is made, not settled"),
    LOCAL_PLAN_SETTLED("local.plan.settled", "a plan is settled, no attempt is written"),
    LOCAL_SCRIPT_BEFORE("local.script.before", "the directory of an attempt is made, it has no script"),
    LOCAL_SCRIPT_DRAFTED("local.script.drafted", "the script of an attempt is a draft"),
    LOCAL_SUPERVISOR_BEFORE("local.supervisor.before", "all scripts are written, an attempt has no supervisor"),
    LOCAL_SUPERVISOR_AFTER("local.supervisor.after", "an attempt was given to a supervisor, which has said nothing"),
    LOCAL_CANCEL_RECORDED("local.cancel.recorded", "a cancel is recorded, no program has been told"),
    LOCAL_CANCEL_SENT("local.cancel.sent", "programs have been told to end, that is not recorded"),
    LOCAL_LEASES_FREED("local.leases.freed", "addresses and ports of a launch are free, it is not marked released"),
    LOCAL_RELEASED("local.released", "a launch is marked released"),
    LOCAL_HINTS_HEARD("local.hints.heard", "hints of supervisors are read, nobody was told"),
    LOCAL_ADOPTED("local.adopted", "the attempts of an earlier server are found again, nobody watches them");

    private static final @Nullable Armed ARMED = armed();

    private final String point;
    private final String stands;

    Failpoints(String point, String stands) {
        this.point = point;
        this.stands = stands;
    }

    private static @Nullable Armed armed() {
        String wanted = System.getProperty("ropewalk.failpoint", System.getenv("ROPEWALK_FAILPOINT"));
        return wanted == null || wanted.isBlank() ? null : Armed.parse(wanted.strip());
    }

    static Optional<Failpoints> find(String point) {
        return Arrays.stream(values()).filter(each -> each.point.equals(point)).findFirst();
    }

    /// Called once by a server that begins.
    public static void begin() {
        if (ARMED != null) {
            LoggerFactory.getLogger(Failpoints.class)
                    .warn("this server is being tested: it will fail at '{}' (ROPEWALK_FAILPOINT)", ARMED);
            DurableStep.watch(name -> find(name)
                    .orElseThrow(() -> new IllegalStateException("no failpoint is called " + name))
                    .reached());
        }
    }

    /// Nothing happens here, unless this very point is armed.
    public void reached() {
        if (ARMED != null) {
            ARMED.reached(this);
        }
    }

    /// What is done and what is not when the point is reached.
    public String stands() {
        return stands;
    }

    @Override
    public String toString() {
        return point;
    }
}
