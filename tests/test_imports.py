"""The import table of the design: who may import whom."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
ALLOWED = {
    "core": {"torch", "torchvision", "numpy", "PIL", "safetensors"},
    "jobs": {"core"},
    "figures": {"core", "numpy", "plotly", "PIL"},
    "content": set(),
    "ui": {"streamlit", "content", "core", "jobs", "figures", "numpy", "PIL"},
    "pages": {"streamlit", "ui", "core", "jobs", "figures", "content"},
}
DEVELOPER_TOOLS = {"core/data/make_digits.py": {"sklearn"}, "core/data/make_photos.py": {"skimage"}}       # remake what lies in the repo
IN_WORKERS = "jobs/kinds/"                                                 # imported there only, where torch is at work anyway


def imported(path: Path) -> set[str]:
    """First names of everything that a file imports, at its top or inside functions."""
    names = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names.add(node.module.partition(".")[0])
    return names - set(sys.stdlib_module_names)


@pytest.mark.parametrize("package", ALLOWED)
def test_package_imports_only_what_the_design_allows(package):
    files = sorted((ROOT / package).rglob("*.py"))
    assert files
    for path in files:
        name = path.relative_to(ROOT).as_posix()
        more = DEVELOPER_TOOLS.get(name, set()) | ({"torch"} if name.startswith(IN_WORKERS) else set())
        foreign = imported(path) - ALLOWED[package] - {package} - more
        assert not foreign, f"{name} imports {foreign}"


@pytest.mark.parametrize("module", ["jobs.client", "jobs.kinds", "content.text", "ui.frame", "ui.home.lessons", "core.fields",
                                    "figures.overview"])
def test_first_page_does_not_wait_for_torch(module):
    script = f"import sys, {module}; print(sorted({{'torch', 'pandas'}} & set(sys.modules)))"
    told = subprocess.run([sys.executable, "-W", "ignore", "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "[]"


def test_core_runs_where_only_torch_is_installed():
    script = """
import sys
for absent in ("streamlit", "plotly", "pandas", "torchvision"):
    sys.modules[absent] = None
import core.look, core.tensors, core.train, core.trace, core.weights, core.checkpoint, core.loading
import core.descent, core.expression.explore, core.ops.catalogue
import core.gradient.accumulate, core.gradient.check, core.gradient.rules, core.gradient.specs
import core.report, core.data.fetch, core.device, core.process
import core.architecture, core.attribution, core.centre, core.change, core.dead, core.flops, core.pixel
import core.presets, core.receptive, core.room, core.snapshot
records = list(core.train.train(core.train.start(core.train.TrainSpec(train_images=64, epochs=1))))
print(records[-1].test.images)
"""
    told = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "360"
