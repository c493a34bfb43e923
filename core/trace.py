"""Run a network once and keep every operation of its forward, functional ones included."""

import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import pairwise
from math import prod

import torch
from torch import Tensor, nn
from torch.nn.parameter import is_lazy
from torch.overrides import TorchFunctionMode

from core import flops
from core.flops import Products

CONVOLUTION = ("input", "weight", "bias", "stride", "padding", "dilation", "groups")
CELL = ("input", "hx", "w_ih", "w_hh")
ARGUMENTS = {                                        # in the order in which PyTorch takes them
    **{f"conv{n}d": CONVOLUTION for n in (1, 2, 3)},
    **{f"conv_transpose{n}d": ("input", "weight", "bias") for n in (1, 2, 3)},
    "linear": ("input", "weight", "bias"),
    "embedding": ("input", "weight"),
    "max_pool2d": ("input", "kernel_size", "stride", "padding", "dilation"),
    "avg_pool2d": ("input", "kernel_size", "stride", "padding"),
    "einsum": ("equation",),
    **dict.fromkeys(("lstm_cell", "gru_cell", "rnn_tanh_cell", "rnn_relu_cell"), CELL),
    "scaled_dot_product_attention": ("query", "key", "value"),
    "multi_head_attention_forward": ("query", "key", "value", "embed_dim", "num_heads", "in_weight", "in_bias", "bias_k", "bias_v",
                                     "add_zero_attn"),
}
CONV = {"stride": 1, "padding": 0, "dilation": 1}
NAMES = {"max_pool2d_with_indices": "max_pool2d", "reshape": "view"}     # inner names -> the name that people write
ACTIVATIONS = {"relu", "tanh", "sigmoid", "gelu"}    # whose output is the map that the next layer sees
PROPERTIES = {"T", "mT", "H", "mH", "real", "imag"}  # that make a new tensor; x.shape or x.dtype is no operation
IN_PLACE = {"setitem", "iand", "ior", "ixor", "ilshift", "irshift"}      # x[0] = 1 and the like; all others end in "_"


@dataclass(frozen=True)
class Window:
    """How a kernel slides over its input: (high, wide) each."""

    size: tuple[int, int]
    stride: tuple[int, int]
    padding: tuple[int, int] = (0, 0)
    dilation: tuple[int, int] = (1, 1)
    groups: int = 1


@dataclass(frozen=True)
class Op:
    """One operation: who called it, what went in, what came out. Shapes include the batch dimension.

    x is its first input and out its first output; cat has further inputs, lstm and max further outputs. The network's own parameters and
    buffers are no inputs, unless nothing else goes in. weight and bias are those of a convolution, linear, embedding or normalisation
    layer, window that of a two-dimensional convolution or pooling. x is the value before the operation, even if that works in place.
    """

    name: str                                        # "conv2d", "relu", "max_pool2d", "view", "linear"
    path: str                                        # "conv1" or "conv1.0"; "" when forward() itself called it
    in_shape: tuple[int, ...]
    out_shape: tuple[int, ...]
    parameters: tuple[tuple[str, tuple[int, ...]], ...]
    out: Tensor
    x: Tensor
    weight: Tensor | None = None
    bias: Tensor | None = None
    window: Window | None = None
    further_inputs: tuple[Tensor, ...] = ()
    further_outputs: tuple[Tensor, ...] = ()
    products: Products = ()
    parameter_bytes: int = 0

    @property
    def parameter_count(self) -> int:
        return sum(prod(shape) for _, shape in self.parameters)

    @property
    def arithmetic(self) -> str:
        """The parameter count as a sum of products: "6·1·5·5 + 6 = 156". Empty without parameters."""
        if not self.parameters:
            return ""
        return " + ".join("·".join(map(str, shape)) for _, shape in self.parameters) + f" = {self.parameter_count:,}"

    @property
    def flops(self) -> int:
        """Multiplications and additions of its matrix products; 0 for an operation without any."""
        return flops.total(self.products)

    @property
    def flops_arithmetic(self) -> str:
        """The same as products of sizes: "2·6·28·28·(1·5·5) = 235,200". Empty for an operation that counts 0."""
        return flops.written(self.products)

    @property
    def out_bytes(self) -> int:
        """Of all outputs. A view takes no memory of its own; its bytes are those of its input."""
        return sum(tensor.numel() * tensor.element_size() for tensor in (self.out, *self.further_outputs))


@dataclass(frozen=True)
class Trace:
    """Every operation in order; `error` is PyTorch's own message when one of them refused its input."""

    ops: tuple[Op, ...]
    in_shape: tuple[int, ...]
    error: str = ""
    returned: Tensor | None = None                   # the first tensor of what forward() gave back

    @property
    def output(self) -> Tensor:
        """What the network answered; when it refused, what its last operation gave."""
        return self.ops[-1].out if self.returned is None else self.returned


def trace(model: nn.Module, x: Tensor, *more: object, **named: object) -> Trace:
    """Run model(x, ...) without gradients and keep every operation that takes a tensor and gives one.

    One call of PyTorch is one operation, whatever it does inside: lstm with all its steps, multi_head_attention_forward with its
    projections. Making a tensor (torch.zeros) is none, nor is counting batches in a buffer of BatchNorm.
    The inputs, parameters and buffers are left as they were: the network computes with copies of them. No hooks, nothing shared between
    threads. In eval mode a Transformer layer takes its ordinary way, not its fused one, and may differ from model(x) by 1e-6.
    """
    recorder, answer, error = _Recorder(model), None, ""
    with torch.no_grad():
        inputs, named = _mapped(((x, *more), named), Tensor.clone)
        with recorder:
            try:
                answer = model(*inputs, **named)
            except RuntimeError as refused:          # shapes that do not fit; anything else is our own mistake
                error = str(refused)
    returned = [tensor.detach() for tensor in _tensors(answer)[:1]]
    return Trace(tuple(recorder.ops), tuple(_tensors(inputs)[0].shape), error, *returned)


def layers(ops: tuple[Op, ...]) -> list[tuple[str, Op]]:
    """The operations of LeNet's classic figure with their names there: C1, S2, C3, S4, C5/F5, F6, OUT.

    A layer's map is taken after its activation function, as the next layer sees it.
    """
    letters = {"conv2d": "C", "max_pool2d": "S", "avg_pool2d": "S", "linear": "F"}
    named: list[tuple[str, Op]] = []
    for op in ops:
        if op.name in letters:
            number = len(named) + 1
            named.append((f"{letters[op.name]}{number}", op))
        elif op.name in ACTIVATIONS and named:
            label, layer = named[-1]
            named[-1] = (label, replace(layer, out_shape=op.out_shape, out=op.out))
    if named and named[-1][1].name == "linear":
        named[-1] = ("OUT", named[-1][1])
    return [("C5/F5" if label == "F5" else label, op) for label, op in named]


def activation(ops: tuple[Op, ...], layer: Op) -> str:
    """The activation function behind one of `layers`, "" where its output goes on as it is."""
    for op, behind in pairwise(ops):
        if op.name == layer.name and op.x is layer.x:
            return behind.name if behind.name in ACTIVATIONS else ""
    return ""


class _Recorder(TorchFunctionMode):
    """Sees every torch function; it is off inside its own handler, so nothing is reported twice.

    Wherever a parameter or buffer of the network goes into a function, a copy goes in instead.
    """

    def __init__(self, model: nn.Module) -> None:
        super().__init__()
        self.paths = {id(module): path for path, module in model.named_modules()}
        self.names = {id(parameter): name for name, parameter in model.named_parameters()}
        self.own = {id(t): t for t in (*model.parameters(), *model.buffers())}
        self.copies = {key: t.detach().clone() for key, t in self.own.items() if not is_lazy(t)}
        self.ops: list[Op] = []
        self.indexed, self.holders = 0, {}           # memory -> which of the first so many operations hold a tensor there

    def __torch_function__(self, func: Callable, types: object, args: tuple = (), kwargs: dict | None = None) -> object:
        name, given = _name(func), (args, kwargs or {})
        args, kwargs = _mapped(given, lambda t: self.copies.get(id(t), t))
        if not name:
            return func(*args, **kwargs)
        changed = _changed(name, args, kwargs)
        self._keep(changed)
        taken = _tensors(given[0]) + _tensors({key: value for key, value in given[1].items() if key != "out"})
        inputs = [t for t in taken if id(t) not in self.own] or [self.copies.get(id(t), t) for t in taken[:1] if not changed]
        inputs = [t.clone() if changed else t.detach() for t in inputs]
        out = func(*args, **kwargs)
        outputs = _tensors(out) or changed           # x[0] = 1 gives nothing back
        if inputs and outputs:
            self.ops.append(self._op(name, args, kwargs, taken, inputs, [t.detach() for t in outputs]))
        return out

    def _op(self, name: str, args: tuple, kwargs: dict, taken: list[Tensor], inputs: list[Tensor], outputs: list[Tensor]) -> Op:
        path = self._path()
        parameters = {self.names[id(t)]: t for t in taken if id(t) in self.names}
        shapes = tuple((n.removeprefix(f"{path}."), tuple(p.shape)) for n, p in parameters.items())
        size = sum(p.numel() * p.element_size() for p in parameters.values())
        names = ARGUMENTS.get(name, ())
        arguments = {**dict(zip((*names, *range(len(names), len(args))), args, strict=False)), **kwargs}
        x, out = inputs[0], outputs[0]
        counted = flops.products(name, arguments, taken, tuple(out.shape))
        return Op(name, path, tuple(x.shape), tuple(out.shape), shapes, out, x, *_settings(name, arguments),
                  tuple(inputs[1:]), tuple(outputs[1:]), counted, size)

    def _path(self) -> str:
        """Of the innermost module on the call stack. Frames leave nothing on the model, unlike hooks."""
        frame = sys._getframe(3)
        while frame is not None:
            if frame.f_code is nn.Module._call_impl.__code__:
                path = self.paths.get(id(frame.f_locals["self"]))
                if path is not None:
                    return path
            frame = frame.f_back
        return ""

    def _keep(self, changed: list[Tensor]) -> None:
        """What is about to change in place stays in the operations recorded so far as it was: they get copies."""
        if not changed:
            return
        for i in range(self.indexed, len(self.ops)):
            for tensor in _tensors(list(vars(self.ops[i]).values())):
                self.holders.setdefault(_memory(tensor), set()).add(i)
        self.indexed = len(self.ops)
        for memory in {_memory(t) for t in changed}:
            for i in self.holders.pop(memory, ()):
                held = {field: value for field, value in vars(self.ops[i]).items() if _tensors(value)}
                self.ops[i] = replace(self.ops[i], **_mapped(held, lambda t, at=memory: t.clone() if _memory(t) == at else t))


def _name(func: Callable) -> str:
    """The name that people write; empty for reading or setting a property such as x.shape."""
    name = func.__name__
    if name in ("__get__", "__set__", "__delete__"):
        owner = func.__self__.__name__
        return owner if name == "__get__" and owner in PROPERTIES else ""
    name = name.strip("_") if name.startswith("__") else name.removeprefix("_")
    return NAMES.get(name, name)


def _changed(name: str, args: tuple, kwargs: dict) -> list[Tensor]:
    """The tensors that a call overwrites: its first argument, or where out= sends its result."""
    if kwargs.get("out") is not None:
        return _tensors(kwargs["out"])
    if name.endswith("_") or name in IN_PLACE or kwargs.get("inplace"):
        return _tensors((*args, *kwargs.values())[0])
    return []


def _settings(name: str, arguments: dict) -> tuple[Tensor | None, Tensor | None, Window | None]:
    """Weight, bias and window from the call of an operation."""
    weight, bias = (t.detach() if isinstance(t := arguments.get(n), Tensor) else None for n in ("weight", "bias"))
    if name == "conv2d":
        size, (stride, padding, dilation) = tuple(weight.shape[2:]), (arguments.get(n, usual) for n, usual in CONV.items())
        if isinstance(padding, str):                 # "same" or "valid"
            padding = tuple(d * (k - 1) // 2 for d, k in zip(_pair(dilation), size, strict=True)) if padding == "same" else 0
        return weight, bias, Window(size, _pair(stride), _pair(padding), _pair(dilation), arguments.get("groups", 1))
    if name in ("max_pool2d", "avg_pool2d"):
        size = _pair(arguments["kernel_size"])
        stride = _pair(arguments.get("stride") or size)      # PyTorch: by default windows do not overlap
        return None, None, Window(size, stride, _pair(arguments.get("padding", 0)), _pair(arguments.get("dilation", 1)))
    return weight, bias, None


def _pair(value: int | tuple[int, ...]) -> tuple[int, int]:
    return (value, value) if isinstance(value, int) else tuple(value) if len(value) == 2 else (value[0], value[0])


def _tensors(value: object) -> list[Tensor]:
    """All tensors in a value: a tensor itself, or those in tuples, lists and dicts."""
    if isinstance(value, Tensor):
        return [value]
    if isinstance(value, (tuple, list, dict)):
        return [tensor for item in (value.values() if isinstance(value, dict) else value) for tensor in _tensors(item)]
    return []


def _mapped(value: object, change: Callable[[Tensor], Tensor]) -> object:
    """The same value with every tensor in it changed."""
    if isinstance(value, Tensor):
        return change(value)
    if isinstance(value, dict):
        return {key: _mapped(item, change) for key, item in value.items()}
    if isinstance(value, (tuple, list)):
        items = [_mapped(item, change) for item in value]
        return type(value)(*items) if hasattr(value, "_fields") else type(value)(items)
    return value


def _memory(tensor: Tensor) -> int:
    """Equal for tensors that share memory, as a view and what it shows."""
    return tensor.untyped_storage().data_ptr() if tensor.layout is torch.strided else id(tensor)
