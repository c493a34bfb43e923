"""The edited LeNet as a class to paste and run, in the style of `core.models.lenet`."""

from core.architecture.plan import Plan, checked
from core.architecture.spec import CLASSES, INPUTS, ArchitectureSpec


def source(spec: ArchitectureSpec) -> str:
    """Raises SpecError as `build` does."""
    whole, (channels, size) = checked(spec), INPUTS[spec.input]
    layers = "\n".join(f"        self.{step.name} = {step.setting}" for step in whole.steps if step.weight)
    forward = "\n".join(f"        {line}" for line in _forward(whole))
    functional = "from torch.nn import functional as F\n" if any(step.setting.startswith("F.") for step in whole.steps) else ""
    return f'''from torch import Tensor, nn
{functional}

class LeNet(nn.Module):
    """{whole.parameter_count:,} parameters. Input (B, {channels}, {size}, {size}), output (B, {CLASSES}) logits."""

    def __init__(self) -> None:
        super().__init__()
{layers}

    def forward(self, x: Tensor) -> Tensor:
{forward}
'''


def _forward(whole: Plan) -> list[str]:
    """The lines of forward(): a layer with what is applied to its output, and the shapes that come of it."""
    codes, shapes = [], []
    for step in whole.steps:
        if step.weight or step.op == "view":         # a new line
            codes.append(f"self.{step.name}(x)" if step.weight else step.setting)
            shapes.append([step.out_shape])
        else:                                        # around the line so far
            codes[-1] = step.setting.replace("(x", f"({codes[-1]}", 1)
            shapes[-1] += [step.out_shape] if step.out_shape != shapes[-1][-1] else []
    shapes[0].insert(0, whole.steps[0].in_shape)
    starts = [*(f"x = {code}" for code in codes[:-1]), f"return {codes[-1]}"]
    ends = [" -> ".join(f"(B, {', '.join(map(str, shape))})" for shape in line) for line in shapes]
    wide = max(map(len, starts))
    return [f"{start:<{wide}}  # {'-> ' if n else ''}{end}" for n, (start, end) in enumerate(zip(starts, ends, strict=True))]
