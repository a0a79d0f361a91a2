package io.ropewalk;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.TryCatchBlock;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;

/// The rooms of the house: who may use whom.
class ArchitectureTest {
    /// The storey of every capability; a class may use its own storey and those below.
    private static final Map<String, Integer> STOREYS = Map.ofEntries(
            Map.entry("support", 0),
            Map.entry("access", 1),
            Map.entry("secret", 1),
            Map.entry("audit", 1),
            Map.entry("project", 1),
            Map.entry("cluster", 1),
            Map.entry("environment", 1),
            Map.entry("source", 1),
            Map.entry("artifact", 1),
            Map.entry("log", 1),
            Map.entry("metric", 1),
            Map.entry("search", 1),
            Map.entry("run", 2),
            Map.entry("notice", 3),
            Map.entry("admin", 4));

    /// Where everything that goes wrong ends up: the answer to a request, a pass of the loop, the main program.
    private static final Set<String> MAY_CATCH_EVERYTHING = Set.of(
            "io.ropewalk.support.http.HttpServer",
            "io.ropewalk.support.http.RequestBinder",
            "io.ropewalk.run.RunReconciler",
            "io.ropewalk.notice.NoticeReconciler",
            "io.ropewalk.notice.Courier",
            "io.ropewalk.cli.Main");

    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("io.ropewalk");

    @Test
    void importsPointDown() {
        List<String> upward = new ArrayList<>();
        for (JavaClass user : CLASSES) {
            Integer storey = storey(user);
            if (storey == null) {
                continue;
            }
            user.getDirectDependenciesFromSelf().forEach(dependency -> {
                Integer below = storey(dependency.getTargetClass());
                boolean outside = isOurs(dependency.getTargetClass()) && below == null;
                if (outside || (below != null && below > storey)) {
                    upward.add(dependency.getDescription());
                }
            });
        }
        assertThat(upward).isEmpty();
    }

    private static boolean isOurs(JavaClass type) {
        return type.getPackageName().startsWith("io.ropewalk")
                && !type.getPackageName().startsWith("io.ropewalk.spi");
    }

    private static @org.jspecify.annotations.Nullable Integer storey(JavaClass type) {
        String name = type.getPackageName();
        if (!name.startsWith("io.ropewalk.") || name.startsWith("io.ropewalk.spi")) {
            return null;
        }
        return STOREYS.get(name.substring("io.ropewalk.".length()).split("\\.", 2)[0]);
    }

    @Test
    void capabilitiesHaveNoCycles() {
        slices().matching("io.ropewalk.(*)..").should().beFreeOfCycles().check(CLASSES);
        slices().matching("io.ropewalk.support.(*)..").should().beFreeOfCycles().check(CLASSES);
    }

    @Test
    void everyCapabilityHasAStorey() {
        Set<String> known = new java.util.TreeSet<>(STOREYS.keySet());
        known.addAll(Set.of("spi", "cli", "extensions", "conformance"));
        assertThat(CLASSES.stream()
                        .map(type -> type.getPackageName())
                        .filter(name -> name.startsWith("io.ropewalk."))
                        .map(name -> name.substring("io.ropewalk.".length()).split("\\.", 2)[0]))
                .isSubsetOf(known);
    }

    @Test
    void theServerKnowsNoExtension() {
        noClasses()
                .that()
                .resideOutsideOfPackage("io.ropewalk.extensions..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("io.ropewalk.extensions..")
                .check(CLASSES);
    }

    @Test
    void theCommandLineTalksHttpOnly() {
        noClasses()
                .that()
                .resideInAPackage("io.ropewalk.cli..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.ropewalk.run..", "io.ropewalk.project..", "io.ropewalk.support.db..")
                .check(CLASSES);
    }

    @Test
    void onlyTheCommandLineWritesToTheConsole() {
        noClasses()
                .that()
                .resideOutsideOfPackage("io.ropewalk.cli..")
                .should()
                .accessField(System.class, "out")
                .orShould()
                .accessField(System.class, "err")
                .check(CLASSES);
    }

    @Test
    void everythingIsCaughtInFewPlaces() {
        List<String> broad = new ArrayList<>();
        for (JavaClass type : CLASSES) {
            String outermost = type.getName().replaceAll("\\$.*", "");
            if (MAY_CATCH_EVERYTHING.contains(outermost)) {
                continue;
            }
            type.getCodeUnits()
                    .forEach(unit -> unit.getTryCatchBlocks().stream()
                            .filter(ArchitectureTest::catchesEverything)
                            .forEach(block ->
                                    broad.add(block.getSourceCodeLocation().toString())));
        }
        assertThat(broad).isEmpty();
    }

    private static boolean catchesEverything(TryCatchBlock block) {
        return block.getCaughtThrowables().stream().anyMatch(caught -> caught.isEquivalentTo(Exception.class));
    }

    @Test
    void everyPackageIsNullMarked() {
        List<String> unmarked = CLASSES.stream()
                .map(JavaClass::getPackage)
                .distinct()
                .filter(room -> !room.isAnnotatedWith(NullMarked.class))
                .map(room -> room.getName())
                .sorted()
                .toList();
        assertThat(unmarked).isEmpty();
    }
}
