"""Scripts/spec-map on small projects of its own: what it reads as a citation, what proves a section, what fails."""

import json
import runpy
import subprocess

import pytest

from instance import PROJECT

SCRIPT = PROJECT / "Scripts/spec-map"
SPEC_MAP = runpy.run_path(str(SCRIPT))["main"]

SWIFT_TEST = """
import Testing

@Suite("{suite}")
struct RuleTests {{
    // {helper}
    private func helper() {{}}

    // {above}
    @Test(
        "{text}",
        arguments: [1])
    func holds(_ number: Int) {{
        // {inside}
        #expect(number == 1)
    }}

    @Test("another sentence") func other() {{}}
}}
"""


@pytest.fixture
def project(tmp_path, capsys):
    """Writes files, runs the script on them, and gives its exit code and what it said."""

    def run(files, *options):
        for name, text in files.items():
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        for folder in ("Sources", "Tests"):
            (tmp_path / folder).mkdir(exist_ok=True)
        with pytest.raises(SystemExit) as end:
            SPEC_MAP(["--root", str(tmp_path), *options])
        said = capsys.readouterr()
        return end.value.code or 0, said.out, said.err

    return run


def swift_test(**places):
    words = {"suite": "A suite", "helper": "x", "above": "x", "text": "a sentence", "inside": "x"}
    return SWIFT_TEST.format(**{**words, **places})


def source(*citations):
    return "".join(f"/// {each}\n" for each in citations) + 'let address = "https://h.example/ §9 RFC-1"\n'


def test_a_section_with_its_test_is_printed_with_both_lines(project):
    code, out, _ = project(
        {
            "Sources/A.swift": source("x", "RFC 7636 §4.6"),
            "Tests/ATests/RuleTests.swift": swift_test(above="RFC 7636 §4.6"),
        }
    )
    assert code == 0
    assert out == "RFC 7636 §4.6\n    Sources/A.swift:2\n    → Tests/ATests/RuleTests.swift:9  a sentence\n"


def test_a_section_without_a_test_fails_by_name_and_place(project):
    files = {"Sources/A.swift": source("RFC 7636 §4.6"), "Tests/ATests/RuleTests.swift": swift_test()}
    assert project(files, "--check") == (1, "", "RFC 7636 §4.6 has no test: cited in Sources/A.swift:1\n")
    assert project(files)[0] == 1


def test_a_section_that_only_a_test_cites_is_fine(project):
    files = {"Sources/A.swift": source("nothing"), "Tests/ATests/RuleTests.swift": swift_test(above="RFC 7636 §4.6")}
    assert project(files, "--check") == (0, "", "")


@pytest.mark.parametrize(
    "cited, tested, proves",
    [
        ("RFC 7636 §4.6", "RFC 7636 §4.6", True),
        ("RFC 7636 §4", "RFC 7636 §4.6", True),
        ("RFC 7636", "RFC 7636 §4.6", True),
        ("RFC 7636 §4.6", "RFC 7636 §4", False),
        ("RFC 7636 §4.6", "RFC 7636", False),
        ("RFC 7636 §4.6", "RFC 7636 §4.61", False),
        ("RFC 7636 §4.6", "RFC 7637 §4.6", False),
        ("RFC 7515 Appendix A", "RFC 7515 Appendix A.2", True),
        ("OpenID Core §3.1", "OpenID Core §3.1.2", True),
        ("OpenID Core §3", "OpenID Discovery §3", False),
        ("SMART app-launch", "SMART app-launch#obtain-access-token", True),
        ("SMART app-launch#obtain", "SMART app-launch#obtain-access-token", False),
        ("FHIR R4 http#read", "FHIR R4 http#create", False),
        ("FHIR R4 json#2.6.2", "FHIR R4 json#2.6.2.1", False),
    ],
)
def test_the_same_section_or_a_part_of_it_proves(project, cited, tested, proves):
    files = {"Sources/A.swift": source(cited), "Tests/ATests/RuleTests.swift": swift_test(above=tested)}
    assert project(files, "--check")[0] == (0 if proves else 1)


@pytest.mark.parametrize(
    "place, proves", [("suite", True), ("above", True), ("text", True), ("inside", True), ("helper", False)]
)
def test_a_swift_test_cites_by_what_stands_at_it(project, place, proves):
    files = {
        "Sources/A.swift": source("RFC 7636 §4.6"),
        "Tests/ATests/RuleTests.swift": swift_test(**{place: "RFC 7636 §4.6"}),
    }
    assert project(files, "--check")[0] == (0 if proves else 1)


@pytest.mark.parametrize(
    "name, text, proves",
    [
        ("test_a.py", '"""RFC 7636 §4.6"""\n\n\ndef test_x():\n    pass\n', True),
        ("test_a.py", 'def test_x():\n    """RFC 7636 §4.6"""\n', True),
        ("test_a.py", "def test_x():\n    pass  # RFC 7636 §4.6\n", True),
        ("test_a.py", "# RFC 7636 §4.6\n@mark\ndef test_x():\n    pass\n", True),
        ("test_a.py", "# RFC 7636 §4.6\n\n\ndef test_x():\n    pass\n", False),
        ("test_a.py", "def helper():\n    pass  # RFC 7636 §4.6\n\n\ndef test_x():\n    pass\n", False),
        ("test_a.py", 'def test_x():\n    return "RFC 7636 §4.6"\n', False),
        ("support.py", '"""RFC 7636 §4.6"""\n\n\ndef test_x():\n    pass\n', False),
    ],
)
def test_a_python_test_cites_by_what_stands_at_it(project, name, text, proves):
    files = {"Sources/A.swift": source("RFC 7636 §4.6"), f"Tests/System/{name}": text}
    assert project(files, "--check")[0] == (0 if proves else 1)


def test_a_swift_file_without_tests_proves_nothing(project):
    files = {"Sources/A.swift": source("RFC 7636 §4.6"), "Tests/ATests/Fixtures.swift": source("RFC 7636 §4.6")}
    assert project(files, "--check")[0] == 1


@pytest.mark.parametrize(
    "text, found",
    [
        (
            "(RFC 6749 §4.1.2.1, §5.2; OpenID Core §3.1.2.6)",
            ["RFC 6749 §4.1.2.1", "RFC 6749 §5.2", "OpenID Core §3.1.2.6"],
        ),
        ("RFC 4648 §4 and §5: both alphabets", ["RFC 4648 §4", "RFC 4648 §5"]),
        ("RFC 7515 Appendix A.2, Appendix A.3.", ["RFC 7515 Appendix A.2", "RFC 7515 Appendix A.3"]),
        ("as RFC 8259 §8.3 advises.", ["RFC 8259 §8.3"]),
        ("SMART conformance: the document", ["SMART conformance"]),
        (
            "SMART app-launch#response-5, scopes-and-launch-context#launch-context-arrives-with-your-access_token.",
            [
                "SMART app-launch#response-5",
                "SMART scopes-and-launch-context#launch-context-arrives-with-your-access_token",
            ],
        ),
        (
            "(FHIR R4 bundle-definitions#Bundle.entry.search.mode)",
            ["FHIR R4 bundle-definitions#Bundle.entry.search.mode"],
        ),
        ("the names of FHIR R4 resource types, web servers that know no FastCGI, a SMART app", []),
        (
            "FastCGI's stream (FastCGI §5.3); WCAG 2.2 §1.4.3; NIST SP 800-63B §5.1.1.2",
            ["FastCGI §5.3", "NIST SP 800-63B §5.1.1.2", "WCAG 2.2 §1.4.3"],
        ),
        ("RFC 6265bis §4.1.3.2", ["RFC 6265bis §4.1.3.2"]),
        ("RFC 3339 in UTC, 256 bits, 2.5 seconds", ["RFC 3339"]),
    ],
    ids=range(11),
)
def test_citations_are_read_out_of_sentences(project, text, found):
    code, out, errors = project({"Sources/A.swift": source(text)}, "--json")
    assert sorted(each["citation"] for each in json.loads(out)) == sorted(found)
    assert "cannot be read" not in errors and code == (1 if found else 0)


@pytest.mark.parametrize(
    "text",
    [
        "RFC7636 §4.6",
        "RFC-7636",
        "RFC 7636§4.6",
        "RFC 7636 § 4.6",
        "RFC 7636 4.6",
        "RFC 7636, 4.6",
        "RFC 7636 section 4.6",
        "RFC 7636, section 4.6",
        "RFC 7636 §4.1 to §4.6",
        "RFC 7636 §4.1–4.6",
        "RFC 7636 §4.1 and 4.6",
        "RFC 7515 Appendix A.2 and A.3",
        "RFC 7636 §§4.1",
        "RFC 7636 §B",
        "see §4.6",
        "Section 4.6 of the RFC",
        "OIDC Core §2",
        "OpenID §2",
        "FHIR http#read",
        "FHIR R4 htttp#read",
        "SMART app_launch#response-5",
        "SMART app-lunch#response-5",
        "app-launch#response-5",
        "SMART app-launch/conformance#using-well-known",
    ],
)
def test_a_misspelt_citation_is_named(project, text):
    files = {
        "Sources/A.swift": f"let x = 1\n// {text}\n",
        "Tests/ATests/Fixtures.swift": f"let x = 1\n/* {text} */\n",
        "Tests/Support/x.py": f"x = 1\n# {text}\n",
    }
    code, _, errors = project(files, "--check")
    assert code == 1 and all(f"{name}:2: cannot be read as a citation" in errors for name in files), errors


# The table of requirements

TABLE = """
| number | requirement | level | source | test or reason |
|---|---|---|---|---|
| 1 | the verifier is checked | MUST | RFC 7636 §4.6 | `Tests/ATests/RuleTests.swift::a sentence` |
| 2 | it is there | MUST | RFC 7636 §4.5 | `Tests/ATests/RuleTests.swift::other`, `Tests/System/test_a.py::test_x` |
| 3 | something else | MAY | RFC 9449 §4 | not offered: nobody asked for it |
| 4 | all of it | MUST | RFC 7636 | see 1–2 |
"""
TESTS = {
    "Tests/ATests/RuleTests.swift": swift_test(above="RFC 7636 §4.6. Requirement 1"),
    "Tests/System/test_a.py": '"""Requirements 2 and 4"""\n\n\ndef test_x():\n    pass\n',
    "Sources/A.swift": source("RFC 7636 §4.6"),
}


def test_a_whole_table_is_fine(project):
    assert project({**TESTS, "docs/conformance.md": TABLE}, "--conformance") == (0, "", "")


@pytest.mark.parametrize(
    "old, new, fault",
    [
        ("not offered: nobody asked for it", "(open)", "requirement 3 is open: something else"),
        ("not offered: nobody asked for it", "soon", "requirement 3 names no test and no reason"),
        ("::other", "::another", "requirement 2 names another, which is not in Tests/ATests/RuleTests.swift"),
        ("::a sentence", "::helper", "requirement 1 names helper, which is not in"),
        ("test_a.py", "test_b.py", "requirement 2 names Tests/System/test_b.py, which is not there"),
        ("| 3 |", "| 2 |", "requirement 2 is there twice"),
        ("| 3 |", "| 33 |", "requirement 3 is missing"),
        ("| MAY |", "| |", "a row has five cells, none of them empty"),
        ("see 1–2", "see 1–5", "requirement 4 sends to 5"),
        ("see 1–2", "see 3–4", "requirement 4 sends to 4"),
        ("| RFC 9449 §4 |", "| RFC9449 §4 |", "cannot be read as a citation"),
        ("| 4 | all", "| 3 | all", "cites requirement 4, which the table does not have"),
    ],
)
def test_a_table_that_is_not_whole_is_named(project, old, new, fault):
    assert old in TABLE
    code, _, errors = project({**TESTS, "docs/conformance.md": TABLE.replace(old, new)}, "--conformance")
    assert code == 1 and fault in errors, errors


def test_a_requirement_is_shown_with_its_sources_and_tests(project):
    code, out, _ = project({**TESTS, "docs/conformance.md": TABLE}, "--requirement", "1")
    assert code == 0 and out.startswith("1  the verifier is checked\n")
    assert "→ Tests/ATests/RuleTests.swift:9  a sentence" in out and "RFC 7636 §4.6: Sources/A.swift:1" in out
    assert "has no requirement 5" in str(project({}, "--requirement", "5")[0])


# This project


def test_every_section_that_this_project_cites_has_its_test():
    done = subprocess.run([SCRIPT, "--check"], capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
