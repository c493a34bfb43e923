"""What an edited LeNet would be: its steps one by one, up to the first that does not fit."""

from dataclasses import dataclass

from core import fields
from core.architecture.repair import Repair, fits, repairs
from core.architecture.spec import ArchitectureSpec, decoded
from core.architecture.steps import LIMITS, PlanStep, exceeded, steps
from core.errors import SpecError


@dataclass(frozen=True)
class Plan:
    """What `spec` makes: the steps that fit, in order.

    When one does not, the plan stops before it: misfit says why, and each of repairs mends the whole plan. A network that costs too
    much has all its steps; its misfit names the one that costs most.
    """

    spec: ArchitectureSpec
    steps: tuple[PlanStep, ...]
    misfit: SpecError | None = None
    repairs: tuple[Repair, ...] = ()

    @property
    def flat(self) -> int:
        """How many numbers the first linear layer gets; 0 when the plan stops before."""
        return next((step.out_shape[0] for step in self.steps if step.name == "flatten"), 0)

    @property
    def parameter_count(self) -> int:
        return sum(step.parameter_count for step in self.steps)

    @property
    def flops(self) -> int:
        return sum(step.flops for step in self.steps)

    @property
    def arithmetic(self) -> str:
        """"156 + 2,416 + 30,840 + 10,164 + 850 = 44,426"."""
        return " + ".join(f"{step.parameter_count:,}" for step in self.steps if step.weight) + f" = {self.parameter_count:,}"


def plan(spec: ArchitectureSpec) -> Plan:
    """What each step would make of its input. Nothing is built. Raises SpecError("unknown_key")."""
    fields.check(spec)
    fitting: list[PlanStep] = []
    for step in steps(spec):
        if not step.fits:
            mended = repairs(spec, first=step.name)
            return Plan(spec, tuple(fitting), _too_small(spec, step, mended), mended)
        fitting.append(step)
    if code := exceeded(fitting):
        cost, most = LIMITS[code]
        largest = max(fitting, key=cost)
        mended = repairs(spec, first=largest.name)
        facts = {"step": largest.name, "part": f"{cost(largest):,}", "value": f"{sum(map(cost, fitting)):,}", "limit": f"{most:,}"}
        return Plan(spec, tuple(fitting), SpecError(code, **facts, repair=_written(mended)), mended)
    return Plan(spec, tuple(fitting))


def checked(spec: ArchitectureSpec) -> Plan:
    """The plan of a network that can be built.

    Raises SpecError("kernel_too_large"), ("pooling_too_large"), ("network_too_large") or ("network_too_slow").
    """
    whole = plan(spec)
    if whole.misfit:
        raise whole.misfit
    return whole


def buildable(key: str) -> bool:
    """Whether a network's key is that of an edited LeNet in which every step fits."""
    spec = decoded(key)
    return spec is not None and fits(spec)


def _too_small(spec: ArchitectureSpec, step: PlanStep, mended: tuple[Repair, ...]) -> SpecError:
    facts = {"step": step.name, "size": step.in_shape[1], "rule": step.formula, "repair": _written(mended)}
    if step.op != "conv2d":
        return SpecError("pooling_too_large", kernel=spec.pool_size, **facts)
    return SpecError("kernel_too_large", kernel=step.weight[-1], padding=getattr(spec, f"{step.name}_padding"), **facts)


def _written(mended: tuple[Repair, ...]) -> str:
    return ", ".join(f"{name} = {value}" for name, value in mended[0].items())
