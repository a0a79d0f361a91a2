"""Prints how many tests of a suite passed, failed and were skipped: `count.py KIND PATH`."""

import json
import pathlib
import re
import sys
import xml.etree.ElementTree as ElementTree


def surefire(root):
    total = failed = skipped = 0
    for report in pathlib.Path(root).glob("*/target/surefire-reports/TEST-*.xml"):
        suite = ElementTree.parse(report).getroot()
        total += int(suite.get("tests"))
        failed += int(suite.get("failures")) + int(suite.get("errors"))
        skipped += int(suite.get("skipped"))
    return total - failed - skipped, failed, skipped


def vitest(path):
    result = json.loads(pathlib.Path(path).read_text())
    broken = sum(1 for suite in result["testResults"] if suite["status"] == "failed" and not suite["assertionResults"])
    return (
        result["numPassedTests"],
        result["numFailedTests"] + broken,
        result["numPendingTests"] + result.get("numTodoTests", 0),
    )


def junit(path):
    total = failed = skipped = 0
    for suite in ElementTree.parse(path).getroot().iter("testsuite"):
        total += int(suite.get("tests"))
        failed += int(suite.get("failures")) + int(suite.get("errors"))
        skipped += int(suite.get("skipped"))
    return total - failed - skipped, failed, skipped


def tap(path):
    text = pathlib.Path(path).read_text()
    numbers = {word: int(count) for word, count in re.findall(r"^# (pass|fail|cancelled|skipped|todo) (\d+)", text, re.M)}
    if "pass" not in numbers:
        raise SystemExit(1)
    return numbers["pass"], numbers["fail"] + numbers["cancelled"], numbers["skipped"] + numbers["todo"]


print(*{"surefire": surefire, "vitest": vitest, "junit": junit, "tap": tap}[sys.argv[1]](sys.argv[2]))
