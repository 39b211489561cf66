#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The tools of the tree: lint sees each breach, new-rule needs no edits."""
import importlib.machinery
import importlib.util
import pathlib
import re
import shutil
import subprocess

import lib

RUN_ONCE = True
TREE = ("include", "rules", "clients", "monitor", "tools", "tests", "config",
        "Makefile", "README.md", "CHANGELOG.md", "CONTRIBUTING.md", "LICENSE")


def copy(t):
    """The tree without what was built."""
    to = t.dir / "tree"
    to.mkdir()
    for name in TREE:
        source = lib.ROOT / name
        if source.is_dir():
            shutil.copytree(source, to / name,
                            ignore=shutil.ignore_patterns("__pycache__"))
        elif source.exists():
            shutil.copy2(source, to / name)
    return to


def copy_built(t):
    """The same with what was built: only what changes is compiled there."""
    to = copy(t)
    for name in ("obj", "gen", ".objects", ".helpers", ".rules", ".sinks"):
        source = lib.BUILD / name
        (shutil.copytree if source.is_dir() else shutil.copy2)(
            source, to / "build" / name)
    # The flags name the folder they are for.
    flags = (lib.BUILD / ".flags").read_text()
    stamp = to / "build/.flags"
    stamp.write_text(flags.replace(f"{lib.ROOT}=", f"{to}="))
    shutil.copystat(lib.BUILD / ".flags", stamp)
    return to, ["WERROR=1"] if " -Werror " in flags else []


def lint(t, tree):
    return t.command(tree / "tools/lint", tree, env={"CW_BUILD": "none"})


def compiled(tree, *args):
    """make, and the sources it compiled."""
    out = subprocess.run(["make", "-C", str(tree), "V=", *args], check=True, text=True,
                         stdout=subprocess.PIPE, stdin=subprocess.DEVNULL).stdout
    return [line.split()[1] for line in out.splitlines() if line.startswith("CC")]


# file, what is put behind its text, the complaint
BREACHES = [
    ("rules/age.c", '#include <sqlite3.h>\n', "sqlite3.h has no place here"),
    ("rules/age.c", '#include "store.h"\n', "rules/ may not include monitor/"),
    ("include/rate.c", '#include "facts.h"\n', "include/ may not include"),
    ("monitor/decide.c", '#include "http.h"\n', "monitor/ may not include clients/"),
    ("monitor/cycle.c", '#include "http.h"\n', "monitor/ may not include clients/"),
    ("monitor/cycle.c", '#include <yaml.h>\n', "yaml.h has no place here"),
    ("clients/http.c", '#include "store.h"\n', "clients/ may not include"),
    ("monitor/facts.c", "static double x(void);\n", "exact: struct dec"),
    ("monitor/facts.c", "int f(struct dec d) { return d.e18 > 0; }\n",
     "only dec*.c looks inside"),
    ("monitor/decide.c", "static long now(void)\n{\n\treturn time(NULL);\n}\n",
     "no clock, I/O or heap"),
    ("rules/age.c", "static void *m(void)\n{\n\treturn malloc(1);\n}\n",
     "no clock, I/O or heap"),
    ("monitor/cycle.c", "void f(int dry_run)\n{\n\tif (dry_run)\n\t\treturn;\n}\n",
     "differ only in their wiring"),
    ("monitor/decide.c", "int g(int a)\n{\n\tswitch (a) {\n\tcase ACTION_HOLD:\n"
     "\tdefault:\n\t\treturn 1;\n\t}\n}\n", "no default"),
    ("monitor/decide.c", "static int counter;\n", "no globals"),
    ("monitor/decide.c", "typedef struct x y;\n", "types are named by"),
    ("monitor/decide.c", "void h(char *s)\n{\n\tstrcpy(s, s);\n}\n", "unbounded"),
    ("monitor/decide.c", "/* " + "x" * 100 + " */\n", "more than 100 columns"),
    ("monitor/decide.c", "int k; \n", "blanks at the end"),
    ("monitor/decide.c", "void long_one(void)\n{\n" + "\t;\n" * 81 + "}\n",
     "long_one: 81 lines"),
    ("monitor/decide.c", "\n" * 400, "at most 400"),
    ("include/rate.h", "\n" * 120, "at most 120"),
    ("rules/lonely.c", "/* SPDX-License-Identifier: MIT */\n/* x */\n"
     "const struct rule rule_lonely;\n", "no tests/rules/test_lonely.c"),
    ("monitor/fresh.c", "int x(void);\n", "first the licence line"),
    ("README.md", "see /home" + "/me/x\n", "outside the project"),
    ("stray.txt", "x\n", "the top level is fixed"),
]


def test_the_tree_is_clean(t):
    lint(t, copy(t)).expect(0, out="0 complaints")


def test_lint_sees_each_breach_and_names_its_place(t):
    """All of them in one tree: each has its own line, and its own words."""
    tree = copy(t)
    for name, text, _ in BREACHES:
        with open(tree / name, "a", encoding="utf-8") as f:
            f.write(text)
    found = lint(t, tree).expect(1)
    lines = found.out.split("\n")
    for name, text, complaint in BREACHES:
        seen = [s for s in lines
                if s.startswith(name + ":") and complaint in s]
        wanted = sum(b[0] == name and b[2] == complaint for b in BREACHES)
        if len(seen) < wanted:
            raise AssertionError(f"not seen: {name}: {text!r}\n{found.out}")


def test_a_new_rule_is_two_files_and_no_edit(t):
    tree, same = copy_built(t)
    t.command(tree / "tools/new-rule", "Bad-Name").expect(2, err="usage")
    t.command(tree / "tools/new-rule", "flip").expect(1, err="exists already")
    t.command(tree / "tools/new-rule", "too_thin").expect(0, out="wrote rules/")
    lint(t, tree).expect(0)
    fresh = compiled(tree, *same, "build/carrywatch",
                     "build/tests/rules/test_too_thin")
    assert sorted(fresh) == ["build/gen/rule_table.c", "rules/too_thin.c",
                             "tests/rules/test_too_thin.c"], fresh
    t.command(tree / "build/tests/rules/test_too_thin").expect(0)
    t.command(tree / "build/carrywatch", "rules", "show", "too_thin").expect(
        0, out="limit")
    broken = tree / "rules/too_thin.c"
    broken.write_text(broken.read_text().replace("< 0)", "<= 0)"))
    assert compiled(tree, *same, "build/tests/rules/test_too_thin") == [
        "rules/too_thin.c"]
    t.command(tree / "build/tests/rules/test_too_thin").expect(1)
    assert compiled(tree, *same, "build/tests/rules/test_too_thin") == []


def test_what_is_needed_is_named_before_it_is_installed(t):
    bare = t.dir / "bin"
    bare.mkdir()
    for name in ("sh", "tr", "sort", "sed", "id", "dirname"):
        (bare / name).symlink_to(shutil.which(name))
    (bare / "apt-get").write_text("#!/bin/sh\nexit 99\n")
    (bare / "apt-get").chmod(0o755)
    found = t.command(lib.ROOT / "tools/install-deps", "-n",
                      env={"PATH": str(bare)})
    found.expect(0, out="installing with apt-get: .*libcurl4-openssl-dev")
    assert "cmocka" in found.out and "clang" in found.out, found.out
    t.command(lib.ROOT / "tools/install-deps", "--now").expect(2, err="usage")


PROGRAM = """\
import sys
sys.path.insert(0, "{0}/tests/e2e")
import lib


def test_good(t):
    \"\"\"it is # good\"\"\"


def test_bad(t):
    assert False


def test_absent(t):
    t.skip("not here")


lib.main()
"""


def faults(t, rows, *args):
    """What tools/faults says of a table of these rows: class, test."""
    program = t.dir / "test_given.py"
    program.write_text(PROGRAM.format(lib.ROOT))
    table = t.dir / "faults.tsv"
    table.write_text("# a comment\n" + "".join(
        f"{name}\t-\t-\tdoes not apply: so\n" if test == "-" else
        f"{name}\t{program}\t{test}\tpromised\n" for name, test in rows))
    return t.command(lib.ROOT / "tools/faults", *args, table)


def all_classes():
    """Every class, all but the first three as not applying."""
    groups = {"N": 23, "J": 19, "S": 30, "T": 12, "D": 18, "P": 13, "C": 10,
              "X": 10}
    rows = [[f"{g}-{i}", "-"] for g, n in groups.items()
            for i in range(1, n + 1)]
    for row in rows[:3]:
        row[1] = "it is  good"
    return rows


def test_the_fault_matrix_names_tests_that_exist(t):
    """tests/faults.tsv: every class once, each with a test that exists"""
    found = t.command(lib.ROOT / "tools/faults", "-n")
    lines = found.out.splitlines()
    wrong = [s for s in lines[:-1] if "does not apply: " not in s]
    assert not wrong, wrong
    assert lines[-1].startswith("135 classes, "), lines[-1]


def test_the_fault_tool_runs_what_is_named(t):
    """a class fails when its test fails, is skipped, or is not there"""
    rows = all_classes()
    good = faults(t, rows).expect(0)
    assert good.out.splitlines()[-1] == (
        "135 classes, 3 held, 132 do not apply"), good
    assert "J-1: does not apply: so\n" in good.out, good
    for row, test in zip(rows, ("bad", "absent", "nobody")):
        row[1] = test
    found = faults(t, rows).expect(1)
    assert re.search(r"^N-1: .*: bad: the test fails$", found.out, re.M), found
    assert re.search(r"^N-2: .*: skipped: not here$", found.out, re.M), found
    assert re.search(r"^N-3: no test 'nobody' in ", found.out, re.M), found
    assert found.out.splitlines()[-1] == (
        "135 classes, 0 held, 132 do not apply"), found


def test_the_fault_tool_runs_all_that_are_named(t):
    """a class with several tests holds when each of them does"""
    other = t.dir / "test_other.py"
    other.write_text(PROGRAM.format(lib.ROOT))
    rows = all_classes()
    rows[0][1] = f"it is  good | {other} it is  good"
    faults(t, rows).expect(0, out="135 classes, 3 held")
    rows[0][1] = "it is  good | absent"
    rows[1][1] = f"it is  good | {other} bad"
    rows[2][1] = f"{other} nobody | it is  good"
    found = faults(t, rows).expect(1, out="135 classes, 0 held")
    for want in ("N-1: .*/test_given.py: absent: skipped: not here",
                 "N-2: .*/test_other.py: bad: the test fails",
                 "N-3: no test 'nobody' in .*/test_other.py"):
        assert re.search(f"^{want}$", found.out, re.M), found
    rows[0][1] = "it is  good | it is  good"
    faults(t, rows, "-n").expect(1, out="a test stands here twice")


def test_the_fault_tool_wants_each_class_once(t):
    rows = all_classes()
    faults(t, rows[:-1], "-n").expect(1, out="^X-10: not in the table$")
    faults(t, rows + [["S-3", "-"]], "-n").expect(1, out="S-3 stands here twice")
    table = t.dir / "faults.tsv"
    table.write_text("S-31\t-\t-\tdoes not apply: x\nN-1\tx\ty\n"
                     "N-2\t-\t-\tnot today\nN-3\t-\tx\tdoes not apply: y\n"
                     "N-4\tno/file.c\tx\ty\n")
    found = t.command(lib.ROOT / "tools/faults", "-n", table).expect(1)
    for line, why in enumerate(("no class is named S-31", "not four cells",
                                "does not apply: WHY", "does not apply: WHY"),
                               1):
        assert re.search(f"faults.tsv:{line}: .*{why}", found.out), found
    assert re.search("no/file.c: .*No such file", found.out), found
    t.command(lib.ROOT / "tools/faults", "-x").expect(2, err="usage")


def test_torn_counters_take_nothing_from_the_coverage(t):
    """a count below zero is none: what other runs counted is still there"""
    loader = importlib.machinery.SourceFileLoader(
        "cover", str(lib.ROOT / "tools/cover"))
    cover = importlib.util.module_from_spec(
        importlib.util.spec_from_loader("cover", loader))
    loader.exec_module(cover)
    source = cover.Source()
    for count in (1, -1, 0):
        source.add([{"line_number": 7, "function_name": "f", "count": count,
                     "branches": [{"count": count}, {"count": min(count, 0)}]}])
    assert source.missing() == [(7, "branch 1 never taken")]
    assert source.figures() == (1, 1, 1, 2)


if __name__ == "__main__":
    assert pathlib.Path(lib.ROOT / "Makefile").exists()
    lib.main()
