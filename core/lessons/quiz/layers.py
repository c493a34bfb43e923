"""Tasks about every kind of layer that the gallery shows: arguments by chance, and the wrong answers that lie near."""

from collections.abc import Callable
from math import prod
from random import Random

from core.layers import LAYERS
from core.lessons.quiz import sliding
from core.lessons.quiz.sliding import Window
from core.lessons.quiz.task import Part, Shape, Task, near

EASY, MEDIUM, HARD = range(3)
MISFITS = (0.0, 0.2, 0.25)                           # how often, by level, x does not fit the layer
GATES = {"LSTM": 4, "GRU": 3}                        # blocks of a step's numbers inside; a plain RNN has none
Make = Callable[[Random, int], Task]


def module(rng: Random, level: int) -> Task:
    """nn.Flatten alone, a chain of layers, or the number between them."""
    return rng.choice((_flatten, _linears, _stage) if level == EASY else (_flatten, _linears, _stage, _features, _features))(rng, level)


def _flatten(rng: Random, level: int) -> Task:
    batch, channels, *sides = shape = (rng.choice((1, 2, 4, 8)), rng.choice((3, 6, 16)), *[rng.choice((4, 5, 6))] * 2)
    start = 1 if level == EASY else rng.choice((1, 2, 0))
    flat = prod(shape[start:])
    guesses = near((*shape[:start], flat), {
        "flat_batch": (prod(shape),), "flat_pixels": (batch, channels, prod(sides)), "flat_start": (batch, channels * prod(sides)),
        "unchanged": shape, "flat_added": (*shape[:start], sum(shape[start:])),
        **({"batch_dropped": (channels * prod(sides),)} if start else {})})
    part = Part("Flatten", () if start == 1 else (start,))
    return Task("module", (part,), shape, guesses, (f"{' · '.join(map(str, shape[start:]))} = {flat}",))


def _linears(rng: Random, level: int) -> Task:
    """Linear, ReLU, Linear; sometimes the second wants another number than the first gives."""
    batch, (given, middle, out) = rng.choice((1, 4, 16)), rng.sample((3, 5, 8, 10, 20, 64), 3)
    wanted = middle if _fits(rng, level) else rng.choice((4, 6, 12, 32))
    guesses = near((batch, out), {"linear_middle": (batch, middle), "linear_kept": (batch, given), "linear_batch_lost": (out,),
                                  "turned": (out, batch)})
    end = f"({batch}, {out})" if wanted == middle else f"{middle} ≠ in_features = {wanted}"
    parts = (Part("Linear", (given, middle)), Part("ReLU"), Part("Linear", (wanted, out)))
    return Task("module", parts, (batch, given), guesses, (f"({batch}, {given}) → ({batch}, {middle}) → {end}",))


def _stage(rng: Random, level: int) -> Task:
    """A convolution, ReLU and a pooling layer, as LeNet has them."""
    parts, shape, lines, middle = _drawn(rng, level)
    batch, before, *_ = shape
    channels, side = parts[0].given[1], middle // 2
    guesses = near((batch, channels, side, side), {
        "pool_forgotten": (batch, channels, middle, middle), "conv_forgotten": (batch, channels, *[shape[2] // 2] * 2),
        "channels_kept": (batch, before, side, side), "batch_dropped": (channels, side, side),
        "one_forgotten": (batch, channels, side - 1, side - 1)})
    return Task("module", parts, shape, guesses, lines)


def _features(rng: Random, level: int) -> Task:
    """How many numbers leave such a stage and reach the first linear layer."""
    parts, shape, lines, middle = _drawn(rng, level)
    channels, side = parts[0].given[1], middle // 2
    right = channels * side * side
    guesses = near(right, {
        "features_channels": side * side, "features_before_pool": channels * middle * middle, "features_side": channels * side,
        "features_batch": shape[0] * right, "features_kept": shape[1] * side * side, "features_one": channels * (side - 1) ** 2})
    return Task("module", (*parts, Part("Flatten")), shape, guesses, (*lines, f"{channels} · {side} · {side} = {right}"), "features")


def _drawn(rng: Random, level: int) -> tuple[tuple[Part, ...], Shape, tuple[str, ...], int]:
    """Layers of a stage, x, the rule in numbers, and the side between convolution and pooling."""
    side, channels = rng.choice((12, 16, 28, 32)), rng.sample((1, 3, 6, 8, 16), 2)
    window = Window(rng.choice((3, 5)), padding=0 if level == EASY else rng.choice((0, 1, 2)))
    middle = window.size(side)
    parts = (Part("Conv2d", (*channels, window.kernel), window.told), Part("ReLU"), Part("MaxPool2d", (2,)))
    lines = (f"Conv2d: {window.sum(side)}", f"MaxPool2d: {Window(2, 2).sum(middle)}")
    return parts, (rng.choice((2, 4, 8)), channels[0], side, side), lines, middle


def linear(rng: Random, level: int) -> Task:
    """The last axis counts, however many stand before it."""
    given, out, other = rng.sample((2, 3, 4, 5, 8, 10), 3)
    before = tuple(rng.sample((6, 7, 9, 16, 32), 1 if level == EASY else rng.choice((1, 2, 2))))
    last = given if _fits(rng, level) else rng.choice((out, other))
    guesses = near((*before, out), {
        "turned": (out, *before), "linear_kept": (*before, last), "linear_appended": (*before, last, out), "linear_batch_lost": (out,),
        "linear_merged": (before[0], out)})
    line = f"{(*before, last)} → {(*before, out)}" if last == given else f"{last} ≠ in_features = {given}"
    return Task("linear", (Part("Linear", (given, out)),), (*before, last), guesses, (line,))


def conv(rng: Random, level: int) -> Task:
    """In one, two or three dimensions, with stride, padding, dilation and groups as the level rises."""
    axes = 2 if level == EASY else rng.choice((1, 2, 2, 3))
    window = Window(rng.choice((3, 5)) if axes < 3 else rng.choice((2, 3)), rng.choice(((1,), (1, 2), (1, 2, 3))[level]),
                    rng.choice(((0, 0, 1), (0, 1, 2), (0, 1, 2))[level]), rng.choice(((1,), (1,), (1, 2))[level]))
    sides = tuple(rng.choice({1: (16, 20, 25), 2: (12, 28, 32), 3: (6, 8, 9)}[axes]) for _ in range(axes))
    sides = sides if level == HARD else sides[:1] * axes
    groups = rng.choice((1, 1, 2)) if level == HARD else 1
    wanted, out = (n * groups for n in rng.sample((1, 3, 4, 6, 8), 2))
    channels = wanted if _fits(rng, level) else wanted + rng.choice((1, 2))
    shape = (rng.choice((1, 2, 4)), channels, *sides)
    part = Part(f"Conv{axes}d", (wanted, out, window.kernel), (*window.told, *((("groups", groups),) if groups > 1 else ())))
    guesses = near((shape[0], out, *map(window.size, sides)), sliding.mistakes(window, shape, out))
    lines = sliding.sums(window, sides) if channels == wanted else (f"C = {channels} ≠ in_channels = {wanted}",)
    return Task("conv", (part,), shape, guesses, lines)


def pool(rng: Random, level: int) -> Task:
    """Channels stay; without a stride of its own the window moves by its own width."""
    if level and rng.random() < 0.3:
        return _adaptive(rng)
    kernel = rng.choice((2, 3))
    stride = rng.choice(((kernel,), (kernel, 1, 2), (1, 2, 3))[level])
    window = Window(kernel, stride, rng.choice((0, 1)) if level == HARD else 0)
    side = rng.choice((6, 9, 14, 15, 28))
    shape = (rng.choice((1, 2, 8)), rng.choice((1, 6, 16)), side, side)
    guesses = {**sliding.mistakes(window, shape, shape[1]), "pool_channels": (shape[0], max(shape[1] // 2, 1), *[window.size(side)] * 2)}
    if stride == kernel:
        guesses = {"pool_stride": guesses.pop("stride_forgotten"), **guesses}
    named = tuple((name, value) for name, value in (("stride", stride % kernel and stride), ("padding", window.padding)) if value)
    part = Part(rng.choice(("MaxPool2d", "AvgPool2d")), (kernel,), named)
    return Task("pool", (part,), shape, near((*shape[:2], *[window.size(side)] * 2), guesses), sliding.sums(window, (side, side)))


def _adaptive(rng: Random) -> Task:
    """The layer is told how large y is to be, whatever x is."""
    side, out = rng.choice((7, 14, 28)), rng.choice((1, 2, 4))
    batch, channels, *_ = shape = (rng.choice((2, 4, 8)), rng.choice((6, 16, 32)), side, side)
    guesses = near((batch, channels, out, out), {
        "adaptive_as_kernel": (batch, channels, *[side // out] * 2), "adaptive_flat": (batch, channels * out * out), "unchanged": shape,
        "batch_dropped": (channels, out, out), "channels_last": (batch, out, out, channels)})
    part = Part(rng.choice(("AdaptiveAvgPool2d", "AdaptiveMaxPool2d")), (out,))
    return Task("pool", (part,), shape, guesses, (f"{shape} → {(batch, channels, out, out)}",))


def norm(rng: Random, level: int) -> Task:
    """The shape stays; the number that is told must be that of the channels, or of the last axis."""
    name = rng.choice(("BatchNorm1d", "BatchNorm2d", "LayerNorm", "GroupNorm"))
    count, batch, side = rng.choice((4, 6, 16)), rng.choice((2, 8, 10)), rng.choice((5, 7, 14))
    shape = {"BatchNorm1d": (batch, count), "LayerNorm": (batch, side, count)}.get(name, (batch, count, side, side))
    told = count if _fits(rng, level) else rng.choice((2, 8, 12))
    guesses = near(shape, {"norm_weight": (count,), "norm_pooled": shape[:2], "one_row": (1, *shape[1:]), "norm_one_each": (batch,),
                           "turned": (count, batch, *shape[2:])})
    line = f"{shape} → {shape}" if told == count else f"{count} ≠ {told}"
    return Task("norm", (Part(name, (2, told) if name == "GroupNorm" else (told,)),), shape, guesses, (line,))


def dropout(rng: Random, level: int) -> Task:
    """Numbers become 0, none is taken away."""
    p, count = rng.choice((0.2, 0.4, 0.5)), rng.choice((10, 20, 40))
    sides = rng.choice(((), (rng.choice((5, 7)),) * 2))
    batch, *rest = shape = (rng.choice((2, 4, 8)), count, *sides)
    left = round(count * (1 - p))
    guesses = near(shape, {"dropped_away": (batch, left, *sides), "dropped_kept": (batch, count - left, *sides),
                           "dropped_flat": (batch * count, *sides), "batch_dropped": tuple(rest)})
    return Task("dropout", (Part("Dropout2d" if sides else "Dropout", (p,)),), shape, guesses, (f"{shape} → {shape}",))


def activation(rng: Random, level: int) -> Task:
    """Every number for itself, or with its row: the shape stays."""
    batch, classes = rng.choice((2, 4, 16)), rng.choice((3, 5, 10))
    shape = (batch, *(() if level == EASY else (rng.choice((6, 8)),)), classes)
    plain = [name for name in LAYERS["activation"] if name != "Softmax"]
    part = Part("Softmax", (), (("dim", len(shape) - 1),)) if rng.random() < 0.5 else Part(rng.choice(plain))
    guesses = near(shape, {"activation_class": shape[:-1], "activation_one": (*shape[:-1], 1), "batch_dropped": shape[1:],
                           "one_row": (1, *shape[1:]), "turned": shape[::-1]})
    return Task("activation", (part,), shape, guesses, (f"{shape} → {shape}",))


def loss(rng: Random, level: int) -> Task:
    """One number for the whole batch, unless it is told to keep one for each."""
    batch, classes = shape = rng.choice((4, 16, 64)), rng.choice((3, 5, 10))
    keeps = rng.random() < 0.5
    by_class = rng.random() < 0.6
    name = rng.choice(("CrossEntropyLoss", "NLLLoss") if by_class else ("MSELoss", "L1Loss"))
    each = (batch,) if by_class else shape
    guesses = near(each if keeps else (), {"loss_mean": (), "loss_each": (batch,), "loss_scores": shape, "loss_classes": (classes,),
                                           "loss_column": (batch, 1)})
    line = f"{shape} → {each}" + ("" if keeps else " → ()")
    part = Part(name, (), (("reduction", "none"),) if keeps else ())
    return Task("loss", (part,), shape, guesses, (line,), use="classes" if by_class else "distance")


def recurrent(rng: Random, level: int) -> Task:
    """One hidden vector for every word, or the last one of every sequence."""
    name, (length, batch, inputs, hidden) = rng.choice(LAYERS["recurrent"]), rng.sample((2, 3, 4, 5, 6, 8), 4)
    batch_first, ways = rng.random() < 0.5, 1 + (level == HARD and rng.random() < 0.5)
    named = (*((("batch_first", True),) if batch_first else ()), *((("bidirectional", True),) if ways == 2 else ()))
    batch_and_words = (batch, length) if batch_first else (length, batch)
    output, state = (*batch_and_words, ways * hidden), (ways, batch, hidden)
    last = rng.random() < 0.4
    right = state if last else output
    guesses = near(right, {
        "recurrent_state": state, "recurrent_output": output, "recurrent_turned": (*batch_and_words[::-1], ways * hidden),
        "recurrent_inputs": (*batch_and_words, inputs), "recurrent_last": (batch, hidden),
        **({} if last else {"recurrent_one_way": (*batch_and_words, hidden)}),
        **({"recurrent_gates": (*batch_and_words, GATES[name] * hidden)} if name in GATES else {})})
    shape = (*batch_and_words, inputs)
    use = "output" if not last else "lstm_hidden" if name == "LSTM" else "hidden"
    return Task("recurrent", (Part(name, (inputs, hidden), named),), shape, guesses, (f"{shape} → {right}",), use=use)


def embedding(rng: Random, level: int) -> Task:
    """A vector for every number of x, as one more axis; x must hold whole numbers."""
    table, (size, batch, length) = rng.choice((10, 50, 100)), rng.sample((3, 4, 5, 6, 8), 3)
    shape = rng.choice(((length,), (batch, length), (batch, length)))
    whole = _fits(rng, level)
    guesses = near((*shape, size), {"embedding_one_hot": (*shape, table), "embedding_table": (table, size), "unchanged": shape,
                                    "embedding_front": (size, *shape), "embedding_summed": (*shape[:-1], size)})
    line = f"{shape} → {(*shape, size)}" if whole else "float32 ≠ int64"
    return Task("embedding", (Part("Embedding", (table, size)),), shape, guesses, (line,), x="indices" if whole else "rand")


def transformer(rng: Random, level: int) -> Task:
    """Attention keeps (batch, words, numbers); its weights are words by words. The heads must share the numbers evenly."""
    heads, batch, words = rng.choice((2, 4)), rng.choice((1, 2, 3)), rng.choice((5, 6, 7))
    model, hidden = heads * rng.choice((4, 8)) + (not _fits(rng, level)), rng.choice((48, 64))
    use = rng.choice(("plain", "attended", "attention", "decoded"))
    shape, first = (batch, words, model), ("batch_first", True)
    part = Part("MultiheadAttention", (model, heads), (first,)) if use in ("attended", "attention") else Part(
        "TransformerDecoderLayer" if use == "decoded" else "TransformerEncoderLayer", (model, heads), (("dim_feedforward", hidden), first))
    right = (batch, words, words) if use == "attention" else shape
    inside = {"attention_heads": (batch, heads, words, words)} if use in ("attended", "attention") else {
        "attention_hidden": (batch, words, hidden)}
    guesses = near(right, {
        **inside, "attention_weights": (batch, words, words), "attention_words": shape,
        "attention_one_head": (batch, words, model // heads), "turned": (words, batch, model), "attention_summed": (batch, model)})
    fits = f"({batch}, {words}, {model}) · ({batch}, {model}, {words}) → {right}" if use == "attention" else f"{shape} → {right}"
    line = fits if model % heads == 0 else f"{model} / {heads} = {model / heads:g}"
    return Task("transformer", (part,), shape, guesses, (line,), use=use)


def first(rng: Random, level: int) -> Task:
    """The shape of the weights that are drawn when a layer is made."""
    if rng.random() < 0.4:
        given, out = rng.sample((2, 3, 5, 10, 84, 120), 2)
        guesses = near((out, given), {"weight_turned": (given, out), "weight_bias": (out,), "weight_with_bias": (out, given + 1),
                                      "weight_flat": (given * out,)})
        return Task("first", (Part("Linear", (given, out)),), (1, given), guesses, (f"(out_features, in_features) = ({out}, {given})",),
                    "weight", "weight")
    kernel, (given, out) = rng.choice((3, 5)), rng.sample((1, 3, 6, 16), 2)
    right = (out, given, kernel, kernel)
    guesses = near(right, {"weight_turned": (given, out, kernel, kernel), "weight_channels": (out, kernel, kernel),
                           "weight_last": (kernel, kernel, given, out), "weight_bias": (out,),
                           "weight_flat": (out, given * kernel * kernel)})
    return Task("first", (Part("Conv2d", (given, out, kernel)),), (1, given, 28, 28), guesses,
                (f"(out_channels, in_channels, K, K) = {right}",), "weight", "weight")


MAKERS: dict[str, Make] = {
    "module": module, "linear": linear, "conv": conv, "pool": pool, "norm": norm, "dropout": dropout, "activation": activation,
    "loss": loss, "recurrent": recurrent, "embedding": embedding, "transformer": transformer, "first": first,
}
BASIC = ("linear", "activation", "conv", "pool", "module")     # what is asked at the lowest level; the others' makers are never given EASY


def _fits(rng: Random, level: int) -> bool:
    return rng.random() >= MISFITS[level]
