package dev.littlecloud.layers;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import java.lang.foreign.Linker;
import java.lang.foreign.SymbolLookup;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The layers of ARCHITECTURE.md: {@code sys <- machine <- runtime -> kernel, image; cli above}. */
class LayersTest {
    private static final String ROOT = "dev.littlecloud";

    private static final JavaClasses PRODUCT =
            new ClassFileImporter()
                    .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                    .importPackages(ROOT);

    /** A module may use its own classes and those of the modules named after it. */
    @ParameterizedTest
    @CsvSource({
        "sys, ''",
        "machine, sys",
        "kernel, machine",
        "image, ''",
        "runtime, sys machine kernel image",
        "web, ''",
        "registry, image web",
        "gateway, kernel",
        "control, image web registry",
        "node, runtime image kernel gateway control registry web",
        "cli, runtime image kernel gateway control node",
    })
    void modulesUseOnlyTheLayersBelowThem(String module, String below) {
        DescribedPredicate<JavaClass> allowed =
                JavaClass.Predicates.resideInAPackage(ROOT + "." + module + "..");
        for (String other : below.isEmpty() ? new String[0] : below.split(" ")) {
            allowed = allowed.or(JavaClass.Predicates.resideInAPackage(ROOT + "." + other + ".."));
        }
        ArchRule rule =
                noClasses()
                        .that()
                        .resideInAPackage(ROOT + "." + module + "..")
                        .should()
                        .dependOnClassesThat(
                                JavaClass.Predicates.resideInAPackage(ROOT + "..")
                                        .and(DescribedPredicate.not(allowed)));

        rule.check(PRODUCT);
    }

    @Test
    void kernelSeesTheMachinesInterfacesOnly() {
        noClasses()
                .that()
                .resideInAPackage(ROOT + ".kernel..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(ROOT + ".machine.*..", ROOT + ".sys..")
                .check(PRODUCT);
    }

    /** Which HTTP server our APIs run on is one module's business. */
    @Test
    void onlyWebKnowsJetty() {
        noClasses()
                .that()
                .resideOutsideOfPackage(ROOT + ".web..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("org.eclipse.jetty..")
                .check(PRODUCT);
    }

    @Test
    void onlySysReachesNativeCode() {
        noClasses()
                .that()
                .resideOutsideOfPackage(ROOT + ".sys..")
                .should()
                .dependOnClassesThat()
                .belongToAnyOf(Linker.class, SymbolLookup.class)
                .check(PRODUCT);
    }

    @ParameterizedTest
    @ValueSource(strings = {"sys", "machine", "kernel"})
    void lowLayersNeedNothingButTheJdk(String module) {
        classes()
                .that()
                .resideInAPackage(ROOT + "." + module + "..")
                .should()
                .onlyDependOnClassesThat()
                // sun.reflect is the JDK's door for making objects without their constructors.
                .resideInAnyPackage(ROOT + "..", "java..", "sun.reflect", "org.jspecify..")
                .check(PRODUCT);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "sys",
                "machine",
                "image",
                "runtime",
                "web",
                "registry",
                "gateway",
                "control",
                "node",
                "cli"
            })
    void packagesOfAModuleHaveNoCycles(String module) {
        slices().matching(ROOT + "." + module + ".(**)")
                .should()
                .beFreeOfCycles()
                .allowEmptyShould(true)
                .check(PRODUCT);
    }

    @Test
    void allModulesAreSeen() {
        assertThat(PRODUCT.stream().map(type -> type.getPackageName().split("\\.")[2]).distinct())
                .contains("sys", "machine", "kernel", "image", "runtime", "web", "registry", "cli")
                .contains("gateway", "control", "node");
    }
}
