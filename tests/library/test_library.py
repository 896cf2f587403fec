"""What is installed: header, shared library, pkg-config file; and the example that uses them, on both engines."""

import os
import re
import subprocess

import pytest

import pgrade

EXAMPLE = os.path.join(pgrade.PROJECT, "examples", "library", "notes.c")

pytestmark = [pytest.mark.core,
              pytest.mark.skipif(not pgrade.available(), reason=f"there is no {pgrade.program()}: build it")]


def output(*command, **keywords):
    return subprocess.run(command, capture_output=True, text=True, check=True, **keywords).stdout


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    """The build's own prefix below a folder of ours."""
    root = str(tmp_path_factory.mktemp("root"))
    build = os.path.dirname(os.path.dirname(os.path.dirname(pgrade.program())))
    subprocess.run(["meson", "install", "-C", build, "--no-rebuild", "--destdir", root], check=True,
                   capture_output=True)
    return root


def found(root, name):
    return next(os.path.join(folder, name) for folder, _, files in os.walk(root) if name in files)


def library(root):
    return found(root, "libpgrade.so")


@pytest.fixture(scope="module")
def notes(installed, tmp_path_factory):
    environment = dict(os.environ, PKG_CONFIG_LIBDIR=os.path.dirname(found(installed, "libpgrade.pc")),
                       PKG_CONFIG_SYSROOT_DIR=installed)
    flags = output("pkg-config", "--cflags", "--libs", "libpgrade", env=environment).split()
    if "libasan" in output("readelf", "-d", library(installed)):
        flags.append("-fsanitize=address,undefined")
    program = str(tmp_path_factory.mktemp("notes") / "notes")
    subprocess.run(["cc", "-std=c11", "-Wall", "-Wextra", "-Werror", EXAMPLE, *flags, "-o", program], check=True)
    return program


def run(program, installed, *words):
    environment = dict(os.environ, LD_LIBRARY_PATH=os.path.dirname(library(installed)))
    return subprocess.run([program, *words], capture_output=True, text=True, env=environment, check=False)


def test_only_its_own_names_are_exported(installed):
    names = set(re.findall(r" [A-Z] (\S+)", output("nm", "-D", "--defined-only", library(installed))))
    with open(os.path.join(pgrade.PROJECT, "include", "pgrade.h"), encoding="utf-8") as stream:
        declared = set(re.findall(r"^PGRADE_API [^(]*?(pgrade_\w+)\(", stream.read(), re.MULTILINE))
    assert names == declared and len(names) > 10


def test_the_header_is_the_only_one(installed):
    headers = [name for _, _, files in os.walk(installed) for name in files if name.endswith(".h")]
    assert headers == ["pgrade.h"]


def test_the_header_is_cxx_too(installed, tmp_path):
    program = tmp_path / "x.cc"
    program.write_text('#include <pgrade.h>\nint main() { return pgrade_null().type; }\n', encoding="utf-8")
    subprocess.run(["c++", "-fsyntax-only", "-Wall", "-Wextra", "-Werror", "-I" + os.path.dirname(found(installed, "pgrade.h")),
                    str(program)], check=True)


@pytest.mark.parametrize("engine", ["sqlite", "postgres"])
def test_the_example(notes, installed, engine, database, tmp_path):
    url = database.url if engine == "postgres" else str(tmp_path / "notes.db")
    first = run(notes, installed, url, "buy bread", "äpfel")
    assert (first.returncode, first.stderr) == (0, "")
    assert sorted(first.stdout.split("\n")[:-1]) == ["buy bread", "äpfel"]
    again = run(notes, installed, url, "new", "buy bread")
    assert again.returncode == 1 and "none was added" in again.stderr and "23505" in again.stderr
    assert run(notes, installed, url).stdout == first.stdout
