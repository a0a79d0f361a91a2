package io.ropewalk.search;

import io.ropewalk.log.LogSpan;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.logging.Level;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.FieldType;
import org.apache.lucene.document.NumericDocValuesField;
import org.apache.lucene.document.SortedDocValuesField;
import org.apache.lucene.document.StringField;
import org.apache.lucene.index.DocValues;
import org.apache.lucene.index.IndexOptions;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.LeafReader;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.index.NumericDocValues;
import org.apache.lucene.index.SerialMergeScheduler;
import org.apache.lucene.index.SortedDocValues;
import org.apache.lucene.index.Term;
import org.apache.lucene.search.BooleanClause;
import org.apache.lucene.search.BooleanQuery;
import org.apache.lucene.search.ConstantScoreQuery;
import org.apache.lucene.search.DocIdSetIterator;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.ScoreMode;
import org.apache.lucene.search.Scorer;
import org.apache.lucene.search.SearcherManager;
import org.apache.lucene.search.TermQuery;
import org.apache.lucene.search.Weight;
import org.apache.lucene.store.AlreadyClosedException;
import org.apache.lucene.store.FSDirectory;
import org.apache.lucene.util.BytesRef;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Which parts of logs may hold a text. Logs are cut into parts of whole lines; of each part the index knows which
/// sequences of three bytes are in it. One thread writes; any number ask. When its files are lost or broken it begins
/// anew, empty.
public final class LogIndex implements AutoCloseable {
    /// A part of a log has about so many bytes.
    public static final int PART = 64 * 1024;

    private static final Logger LOG = LoggerFactory.getLogger(LogIndex.class);
    /// Lucene complains of a missing module that would not make this faster. Held, else the level is forgotten.
    private static final java.util.logging.Logger NOISE =
            java.util.logging.Logger.getLogger("org.apache.lucene.internal.vectorization.VectorizationProvider");

    /// What the index knows of a part. One of another format is made anew.
    private static final String FORMAT = "1";

    private static final double BUFFER_MEGABYTES = 16;
    private static final FieldType GRAMS = new FieldType();

    static {
        NOISE.setLevel(Level.OFF);
        GRAMS.setTokenized(true);
        GRAMS.setOmitNorms(true);
        GRAMS.setIndexOptions(IndexOptions.DOCS);
        GRAMS.freeze();
    }

    private final Path directory;
    private final Grams grams = new Grams();
    private volatile @Nullable Opened opened;

    /// How far the logs of other runs have been indexed, and of how many runs nothing more will come.
    record Reached(Map<LogKey, Long> logs, SettledRuns settled, int settledCount) {
        Reached(Map<LogKey, Long> logs, SettledRuns settled) {
            this(Map.copyOf(logs), settled, settled.size());
        }

        boolean isSettled(String run) {
            return settled.contains(run, settledCount);
        }
    }

    /// The files, open, and how far logs have been indexed as the one who writes knows it.
    private static final class Opened {
        private final FSDirectory files;
        private final IndexWriter writer;
        private final SearcherManager searchers;
        private final Map<LogKey, Long> logs = new HashMap<>();
        private SettledRuns settled = new SettledRuns();
        private boolean changed;
        /// What searchers are sure to see.
        private volatile Reached visible;

        Opened(Path directory) throws IOException {
            Files.createDirectories(directory);
            files = FSDirectory.open(directory);
            IndexWriterConfig config = new IndexWriterConfig();
            config.setRAMBufferSizeMB(BUFFER_MEGABYTES);
            config.setMergeScheduler(new SerialMergeScheduler());
            writer = new IndexWriter(files, config);
            if (writer.getDocStats().numDocs > 0 && !FORMAT.equals(format())) {
                writer.close();
                throw new IllegalArgumentException("the index was made by another version");
            }
            writer.setLiveCommitData(Map.of("format", FORMAT).entrySet());
            writer.commit();
            searchers = new SearcherManager(writer, null);
            readReached();
            visible = new Reached(logs, settled);
        }

        private String format() {
            Iterable<Map.Entry<String, String>> data = writer.getLiveCommitData();
            for (Map.Entry<String, String> entry : data == null ? List.<Map.Entry<String, String>>of() : data) {
                if (entry.getKey().equals("format")) {
                    return entry.getValue();
                }
            }
            return "";
        }

        /// Logs of settled runs are many, and how far they have been indexed nobody asks.
        private void readReached() throws IOException {
            forEach((name, end) -> {
                if (end.isEmpty()) {
                    settled.add(name);
                }
            });
            forEach((name, end) -> end.ifPresent(to -> {
                LogKey log = LogKey.parse(name);
                if (!settled.contains(log.run(), Integer.MAX_VALUE)) {
                    logs.merge(log, to, Math::max);
                }
            }));
        }

        /// @param part takes a log and the end of a part of it, or a run that is settled
        private void forEach(BiConsumer<String, OptionalLong> part) throws IOException {
            IndexSearcher searcher = searchers.acquire();
            try {
                for (LeafReaderContext leaf : searcher.getIndexReader().leaves()) {
                    LeafReader reader = leaf.reader();
                    SortedDocValues names = DocValues.getSorted(reader, "log");
                    NumericDocValues ends = DocValues.getNumeric(reader, "to");
                    for (int doc = 0; doc < reader.maxDoc(); doc++) {
                        boolean lives = reader.getLiveDocs() == null
                                || reader.getLiveDocs().get(doc);
                        if (lives && names.advanceExact(doc)) {
                            part.accept(
                                    names.lookupOrd(names.ordValue()).utf8ToString(),
                                    ends.advanceExact(doc) ? OptionalLong.of(ends.longValue()) : OptionalLong.empty());
                        }
                    }
                }
            } finally {
                searchers.release(searcher);
            }
        }
    }

    /// Looks at nothing before [#open].
    public LogIndex(Path directory) {
        this.directory = directory;
    }

    /// Reads what there is, or begins anew when it cannot be read or its files are gone.
    public void open() {
        Opened at = opened;
        if (at != null && at.writer.isOpen() && hasFiles()) {
            return;
        }
        if (at != null) {
            LOG.warn("The index of the logs in '{}' is gone or broken and is made anew", directory);
            clear();
            return;
        }
        try {
            opened = new Opened(directory);
        } catch (IOException | IllegalArgumentException e) {
            LOG.warn("The index of the logs in '{}' cannot be read and is made anew", directory, e);
            clear();
        }
    }

    private boolean hasFiles() {
        String[] names = directory.toFile().list();
        return names != null && names.length > 0;
    }

    /// Begins anew, empty.
    private void clear() {
        try {
            closeQuietly(opened);
            opened = null;
            if (Files.isDirectory(directory)) {
                deleteFiles();
            }
            opened = new Opened(directory);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write the index of the logs in " + directory, e);
        }
    }

    private Opened opened() {
        Opened at = opened;
        if (at == null) {
            throw new IllegalStateException("the index of the logs is not open");
        }
        return at;
    }

    private void deleteFiles() throws IOException {
        try (var files = Files.list(directory)) {
            for (Path file : files.toList()) {
                Files.deleteIfExists(file);
            }
        }
    }

    /// How far a log has been indexed, of a run that is not settled.
    public long indexed(LogKey log) {
        return opened().logs.getOrDefault(log, 0L);
    }

    /// Nothing more is to be indexed of this run.
    public boolean isSettled(String run) {
        return opened().settled.contains(run, Integer.MAX_VALUE);
    }

    /// Those it knows anything of.
    public Set<String> runs() {
        Opened at = opened();
        Set<String> runs = new HashSet<>();
        at.settled.addTo(runs);
        at.logs.keySet().forEach(log -> runs.add(log.run()));
        return runs;
    }

    /// The next part of a log: whole lines, beginning where the last part ended.
    public void add(LogKey log, long from, byte[] bytes, int length) {
        Opened to = opened();
        grams.take(bytes, length);
        Document part = new Document();
        part.add(new Field("grams", grams, GRAMS));
        part.add(new StringField("run", log.run(), Field.Store.NO));
        part.add(new SortedDocValuesField("log", new BytesRef(log.text())));
        part.add(new NumericDocValuesField("from", from));
        part.add(new NumericDocValuesField("to", from + length));
        write(writer -> writer.addDocument(part));
        to.logs.put(log, from + length);
    }

    /// All logs of a run that has ended have been indexed to their ends.
    public void settle(String run) {
        Document settled = new Document();
        settled.add(new StringField("run", run, Field.Store.NO));
        settled.add(new SortedDocValuesField("log", new BytesRef(run)));
        write(writer -> writer.addDocument(settled));
        opened().settled.add(run);
    }

    /// The runs are gone.
    public void forget(Set<String> gone) {
        if (gone.isEmpty()) {
            return;
        }
        write(writer -> writer.deleteDocuments(
                gone.stream().map(run -> new Term("run", run)).toArray(Term[]::new)));
        opened().settled = opened().settled.without(gone);
        opened().logs.keySet().removeIf(log -> gone.contains(log.run()));
    }

    /// Lets searches see what has been added.
    public void refresh() {
        Opened at = opened();
        if (at.changed) {
            at.logs.keySet().removeIf(log -> isSettled(log.run()));
            Reached reached = new Reached(at.logs, at.settled);
            write(_ -> at.searchers.maybeRefreshBlocking());
            at.visible = reached;
            at.changed = false;
        }
    }

    /// Makes what has been added last; without it a crash costs no more than indexing it again.
    public void commit() {
        write(IndexWriter::commit);
    }

    @FunctionalInterface
    private interface Writing {
        void to(IndexWriter writer) throws IOException;
    }

    private void write(Writing what) {
        Opened at = opened();
        try {
            what.to(at.writer);
            at.changed = true;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write the index of the logs in " + directory, e);
        } catch (AlreadyClosedException e) {
            throw new UncheckedIOException("the index of the logs in " + directory + " is broken", new IOException(e));
        }
    }

    /// The parts that may hold a text; empty when the text is too short or the index cannot be asked, so that all must
    /// be read.
    public Optional<Parts> holding(byte[] text) {
        List<BytesRef> terms = Grams.of(text);
        Opened at = opened;
        if (terms.isEmpty() || at == null) {
            return Optional.empty();
        }
        BooleanQuery.Builder all = new BooleanQuery.Builder();
        terms.forEach(term -> all.add(new TermQuery(new Term("grams", term)), BooleanClause.Occur.FILTER));
        try {
            Reached reached = at.visible;
            IndexSearcher searcher = at.searchers.acquire();
            try {
                return Optional.of(parts(searcher, all.build(), reached));
            } finally {
                at.searchers.release(searcher);
            }
        } catch (IOException | AlreadyClosedException e) {
            LOG.warn("The index of the logs cannot be asked; all logs are read", e);
            return Optional.empty();
        }
    }

    private static Parts parts(IndexSearcher searcher, Query query, Reached reached) throws IOException {
        Weight weight =
                searcher.createWeight(searcher.rewrite(new ConstantScoreQuery(query)), ScoreMode.COMPLETE_NO_SCORES, 1);
        Map<LogKey, List<LogSpan>> held = new HashMap<>();
        Set<String> runs = new HashSet<>();
        for (LeafReaderContext leaf : searcher.getIndexReader().leaves()) {
            Scorer scorer = weight.scorer(leaf);
            if (scorer == null) {
                continue;
            }
            SortedDocValues names = DocValues.getSorted(leaf.reader(), "log");
            NumericDocValues begins = DocValues.getNumeric(leaf.reader(), "from");
            NumericDocValues ends = DocValues.getNumeric(leaf.reader(), "to");
            Map<Integer, LogKey> keys = new HashMap<>();
            DocIdSetIterator docs = scorer.iterator();
            var live = leaf.reader().getLiveDocs();
            for (int doc = docs.nextDoc(); doc != DocIdSetIterator.NO_MORE_DOCS; doc = docs.nextDoc()) {
                if ((live != null && !live.get(doc))
                        || !names.advanceExact(doc)
                        || !begins.advanceExact(doc)
                        || !ends.advanceExact(doc)) {
                    continue;
                }
                int name = names.ordValue();
                LogKey key = keys.get(name);
                if (key == null) {
                    key = LogKey.parse(names.lookupOrd(name).utf8ToString());
                    keys.put(name, key);
                    runs.add(key.run());
                }
                held.computeIfAbsent(key, _ -> new ArrayList<>())
                        .add(new LogSpan(begins.longValue(), ends.longValue()));
            }
        }
        held.values().forEach(parts -> parts.sort(Comparator.comparingLong(LogSpan::from)));
        return new Parts(held, runs, reached);
    }

    @Override
    public void close() {
        closeQuietly(opened);
    }

    private static void closeQuietly(@Nullable Opened old) {
        if (old == null) {
            return;
        }
        try (var _ = old.files;
                var _ = old.writer;
                var _ = old.searchers) {
            LOG.debug("The index of the logs is closed");
        } catch (IOException | AlreadyClosedException e) {
            LOG.debug("The index of the logs could not be closed properly", e);
        }
    }
}
