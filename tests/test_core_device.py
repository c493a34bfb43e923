"""Where tensors can live, errors that travel, and what core may import."""

import ast
import pickle
import sys
from pathlib import Path

import pytest
import torch

from core.device import cores, devices
from core.errors import SpecError

CORE = Path(__file__).parent.parent / "core"


def test_the_cpu_comes_first_and_every_device_holds_tensors():
    found = devices()
    assert found[0].key == "cpu"
    assert found[0].name == f"CPU, {cores()} cores"
    assert cores() >= 1
    for device in found:
        assert torch.zeros(1, device=device.key).device.type == device.key.split(":")[0]
    assert len(found) == 1 + torch.cuda.device_count() + torch.backends.mps.is_available()


def test_an_error_is_a_code_and_facts_and_survives_the_way_between_processes():
    error = SpecError("kernel_too_large", kernel=7, size=5)
    again = pickle.loads(pickle.dumps(error))
    assert str(error) == str(again) == "kernel_too_large kernel=7 size=5"
    assert (again.code, again.facts, type(again)) == (error.code, error.facts, SpecError)
    with pytest.raises(ValueError, match="^plain$"):
        raise SpecError("plain")


TOOLS = {"make_digits.py": {"sklearn"}, "make_photos.py": {"skimage"}}     # remake what lies in the repo


@pytest.mark.parametrize("path", sorted(CORE.rglob("*.py")), ids=lambda path: str(path.relative_to(CORE)))
def test_core_imports_no_web_page_and_no_heavy_package_at_the_top(path):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    names = [alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names]
    names += [node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    allowed = {"torch", "torchvision", "numpy", "PIL", "safetensors", "core", *sys.stdlib_module_names}
    assert {name.split(".")[0] for name in names} <= allowed | TOOLS.get(path.name, set())
