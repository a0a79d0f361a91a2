import java.io.IOException;
import java.io.InputStream;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassFile.ClassHierarchyResolverOption;
import java.lang.classfile.ClassFile.StackMapsOption;
import java.lang.classfile.ClassFileVersion;
import java.lang.classfile.ClassHierarchyResolver;
import java.lang.classfile.ClassModel;
import java.lang.classfile.MethodModel;
import java.lang.classfile.MethodTransform;
import java.lang.constant.ClassDesc;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Collections;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;

/// Rewrites the classes of libraries whose class files are older than Java 6.
///
/// The JVM takes no such class into its start-up archive, so that every start would parse and verify it again. The code
/// stays as it is; only the version and the frames that newer versions ask for are new.
///
///     java NewerClassFiles.java FOLDER PATTERN
final class NewerClassFiles {
    private static final int OLDEST_THAT_IS_ARCHIVED = ClassFile.JAVA_6_VERSION;
    private static final int NEW_VERSION = ClassFile.JAVA_21_VERSION;
    private static final String SUFFIX = ".class";

    private final ZipFile jar;
    private final ClassFile reader;

    private NewerClassFiles(ZipFile jar) {
        this.jar = jar;
        this.reader = ClassFile.of(
                StackMapsOption.GENERATE_STACK_MAPS,
                ClassHierarchyResolverOption.of(ClassHierarchyResolver.ofResourceParsing(this::find)
                        .orElse(ClassHierarchyResolver.defaultResolver())));
    }

    public static void main(String[] arguments) throws IOException {
        try (DirectoryStream<Path> jars = Files.newDirectoryStream(Path.of(arguments[0]), arguments[1])) {
            for (Path jar : jars) {
                Path draft = jar.resolveSibling(jar.getFileName() + ".new");
                try (ZipFile in = new ZipFile(jar.toFile())) {
                    NewerClassFiles rewriting = new NewerClassFiles(in);
                    if (!rewriting.hasOldOnes()) {
                        continue;
                    }
                    rewriting.write(draft);
                }
                Files.move(draft, jar, StandardCopyOption.ATOMIC_MOVE);
            }
        }
    }

    private boolean hasOldOnes() throws IOException {
        for (ZipEntry entry : Collections.list(jar.entries())) {
            if (entry.getName().endsWith(SUFFIX) && reader.parse(bytes(entry)).majorVersion() < OLDEST_THAT_IS_ARCHIVED) {
                return true;
            }
        }
        return false;
    }

    private void write(Path draft) throws IOException {
        try (ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(draft))) {
            for (ZipEntry entry : Collections.list(jar.entries())) {
                byte[] bytes = bytes(entry);
                ZipEntry copy = new ZipEntry(entry.getName());
                copy.setTime(entry.getTime());
                out.putNextEntry(copy);
                out.write(entry.getName().endsWith(SUFFIX) ? newer(bytes) : bytes);
                out.closeEntry();
            }
        }
    }

    private byte[] newer(byte[] bytes) {
        ClassModel old = reader.parse(bytes);
        if (old.majorVersion() >= OLDEST_THAT_IS_ARCHIVED) {
            return bytes;
        }
        return reader.build(old.thisClass().asSymbol(), building -> {
            building.withVersion(NEW_VERSION, 0);
            // Code that is written anew gets its frames; copied code would stay without.
            MethodTransform anew = MethodTransform.transformingCode((code, element) -> code.with(element));
            old.forEach(element -> {
                switch (element) {
                    case ClassFileVersion _ -> {}
                    case MethodModel method -> building.transformMethod(method, anew);
                    default -> building.with(element);
                }
            });
        });
    }

    private byte[] bytes(ZipEntry entry) throws IOException {
        try (InputStream in = jar.getInputStream(entry)) {
            return in.readAllBytes();
        }
    }

    private InputStream find(ClassDesc name) {
        String descriptor = name.descriptorString();
        ZipEntry entry = jar.getEntry(descriptor.substring(1, descriptor.length() - 1) + SUFFIX);
        try {
            return entry == null ? null : jar.getInputStream(entry);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
