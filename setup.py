"""The compiled parts of the package: built where that can be done, left out where it cannot.

Every `.pyx` file in the package is one. What pyproject.toml can say stands there.
"""

import atexit
import shutil
import sys
import tempfile
from binascii import crc32
from importlib.util import find_spec
from pathlib import Path

from setuptools import Extension, setup
from setuptools.command.bdist_wheel import bdist_wheel
from setuptools.command.build import build
from setuptools.command.build_ext import build_ext
from setuptools.command.build_py import build_py

# Whoever asks for them alone is to see why one cannot be built: `python setup.py build_ext --inplace`.
OPTIONAL = "build_ext" not in sys.argv
# No -march: a wheel runs on other machines. No contraction to fused operations: figures are the same on each.
FLAGS = ["-std=c++17", "-O3", "-g0", "-ffp-contract=off"]


def extension(source: Path) -> Extension:
    """Return how a `.pyx` file is built, with the headers beside it."""
    return Extension(
        ".".join(source.with_suffix("").parts),
        [str(source)],
        include_dirs=[str(source.parent)],
        depends=[str(header) for suffix in ("hpp", "pxd") for header in source.parent.glob(f"*.{suffix}")],
        language="c++",
        define_macros=[("LOSSCLI_SOURCES", f"{checksum(source.parent)}u")],
        extra_compile_args=FLAGS,
        optional=OPTIONAL,
    )


def checksum(folder: Path) -> int:
    """Return what `losscli.common.compiled` holds against the sources, where they are at hand."""
    sources = sorted(one for one in folder.iterdir() if one.suffix in (".pyx", ".pxd", ".hpp"))
    return crc32(b"".join(one.read_bytes() for one in sources))


class Build(build):
    """Build in a new folder each time: modules that are gone would be packed out of an old one."""

    def initialize_options(self) -> None:
        """Make the folder, which goes when the process ends."""
        super().initialize_options()
        self.build_base = tempfile.mkdtemp(prefix="losscli-")
        atexit.register(shutil.rmtree, self.build_base, ignore_errors=True)


class BuildModules(build_py):
    """Put the manual beside the modules, for `losscli docs`; an editable install reads it in the checkout."""

    def run(self) -> None:
        """Copy the modules, and the pages of `docs/`."""
        super().run()
        for source, target in self._pages():
            self.mkpath(str(Path(target).parent))
            self.copy_file(source, target, preserve_mode=False)

    def get_outputs(self, include_bytecode: bool = True) -> list[str]:
        """Return the files that are written."""
        return [*super().get_outputs(include_bytecode), *(target for _, target in self._pages())]

    def _pages(self) -> list[tuple[str, str]]:
        pages = [] if self.editable_mode else sorted(Path("docs").rglob("*.md"))
        return [(str(page), str(Path(self.build_lib, "losscli", page))) for page in pages]


class BuildExtensions(build_ext):
    """Build what can be built, and say what cannot."""

    def initialize_options(self) -> None:
        """Keep what Cython writes out of the sources."""
        super().initialize_options()
        self.cython_c_in_temp = True

    def run(self) -> None:
        """Build all; what could not be built is no part of the distribution."""
        if self.inplace:
            # One that was built before would be imported in its place.
            for one in self.extensions:
                Path(self.get_ext_fullpath(one.name)).unlink(missing_ok=True)
        self.failed: dict[str, str] = {}
        super().run()
        self.extensions[:] = [one for one in self.extensions if one.name not in self.failed]
        for name, why in self.failed.items():
            print(f"losscli: built without {name}, which nothing needs but speed: {why}", file=sys.stderr)

    def build_extension(self, one: Extension) -> None:
        """Build one: no Cython, no compiler, or a library without `from_chars` is no reason to fail."""
        try:
            if find_spec("Cython") is None:
                raise ModuleNotFoundError("Cython is not installed")
            super().build_extension(one)
        except Exception as error:
            if not one.optional:
                raise
            self.failed[one.name] = f"{error}".partition("\n")[0] or type(error).__name__


class BuildWheel(bdist_wheel):
    """Make a wheel for every machine where nothing compiled is in it."""

    def run(self) -> None:
        """Build the extensions first: what comes of that says for which machines the wheel is."""
        self.run_command("build_ext")
        self.root_is_pure = not self.distribution.has_ext_modules()
        super().run()


setup(
    ext_modules=[extension(source) for source in sorted(Path("losscli").rglob("*.pyx"))],
    cmdclass={
        "build": Build,
        "build_ext": BuildExtensions,
        "build_py": BuildModules,
        "bdist_wheel": BuildWheel,
    },
)
