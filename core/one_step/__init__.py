"""One step of learning, frozen after each of its five parts: on a network that can be seen whole, and on LeNet-5."""

from dataclasses import dataclass

from core import fields


@dataclass(frozen=True)
class StepSpec:
    """Which network takes the step."""

    view: str = fields.choice("points", ("points", "lenet"))
