"""The eight review questions that close the introyt1 text, three short ones for each; what is right is computed."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from random import Random

from core import fields
from core.lessons.quiz import proofs
from core.lessons.quiz.proofs import Found


@dataclass(frozen=True)
class Place:
    """A page of ours where one can try it, and the query of the link."""

    page: str
    query: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Short:
    """One question. options: names of code stand for themselves, other keys for a sentence; truth: which one the proof's findings name."""

    question: str
    options: tuple[str, ...]
    proof: Callable[[], Found]
    truth: Callable[[Found], str]
    place: Place


TENSORS, LENET, DATA, TRAIN = Place("tensors"), Place("lenet"), Place("data"), Place("train")


def _at(page: str, **query: str) -> Place:
    return Place(page, tuple(query.items()))


def _named(found: Found, words: str) -> str:
    """Of findings such as "optimizer.step() moved the weights": of which thing is it true?"""
    return next((name.removesuffix(words) for name, value in found.items() if name.endswith(words) and value is True), "none")


def _refused(found: Found, name: str) -> bool:
    return isinstance(found.get(name), RuntimeError)


SHORT: dict[str, Short] = {
    "dtype": Short("tensors", ("torch.int16", "torch.int64", "torch.float32", "torch.float64"), proofs.default_dtype,
                   lambda found: str(found["plain.dtype"]), _at("tensors", view="create", op="zeros", size="5, 3")),
    "seed": Short("tensors", ("one_two", "one_three", "all", "none"), proofs.same_seed,
                  lambda found: {(False, True): "one_three", (True, False): "one_two", (True, True): "all"}.get(
                      (found["r1.equal(r2)"], found["r1.equal(r3)"]), "none"), _at("tensors", view="seed")),
    "unlike": Short("tensors", ("(2, 3)", "(3, 2)", "(2, 2)", "refuses"), proofs.unlike_shapes,
                    lambda found: "refuses" if _refused(found, "a + b") else str(tuple(found["a + b"].shape)),
                    _at("tensors", view="combine", a_size="2, 3", b_size="3, 2")),
    "c1": Short("lenet", ("where", "digit", "smaller", "sum"), proofs.first_convolution,
                lambda found: "where" if found["the maps moved along with it"] else "sum", LENET),
    "c3": Short("lenet", ("combined", "one", "picture", "answer"), proofs.third_layer,
                lambda found: "combined" if found["output maps that changed"] == 16 else "one",
                _at("layers", view="conv", in_channels="3", out_channels="2")),
    "fc": Short("lenet", ("256", "400", "576", "1024"), proofs.first_linear, lambda found: str(found["x.flatten(1).shape[1]"]),
                Place("architecture")),
    "axes": Short("inference", ("(32, 32)", "(1, 32, 32)", "(32, 32, 1)", "(1, 1, 32, 32)"), proofs.batch_axis,
                  lambda found: next(shape for shape in found if not _refused(found, shape)), LENET),
    "outputs": Short("inference", ("outputs.argmax(1)", "outputs.argmax(0)", "outputs.max()", "outputs.sum(1)"), proofs.reading_outputs,
                     lambda found: next(name.removesuffix(" is right for") for name, right in found.items()
                                        if name.endswith(" is right for") and right > 8), LENET),
    "inference": Short("inference", ("use", "learn", "divide", "draw"), proofs.inference,
                       lambda found: "use" if found["weights unchanged"] else "learn", _at("autograd", view="rules", rule="no_grad")),
    "to_tensor": Short("load", ("(3, 28, 20), 0 … 1", "(28, 20, 3), 0 … 1", "(3, 28, 20), 0 … 255", "(3, 20, 28), 0 … 1"), proofs.to_tensor,
                       lambda found: f"{tuple(found['x.shape'])}, 0 … {found['x.max()']:g}", _at("data", view="transforms")),
    "bytes": Short("load", ("refuses", "works", "rounds"), proofs.bytes_into_a_network,
                   lambda found: "refuses" if _refused(found, "net(picture)") else "works", _at("tensors", view="dtype")),
    "weights": Short("load", ("same", "retrained", "names", "average"), proofs.loading_weights,
                     lambda found: "same" if found["same answer after"] and not found["same answer before"] else "names", TRAIN),
    "normalise": Short("change", ("-1, 0, 1", "0, 0.5, 1", "-0.5, 0, 0.5", "0, 1, 2"), proofs.normalising,
                       lambda found: ", ".join(f"{value:g}" for value in found["y"].tolist()), _at("data", view="numbers")),
    "pad": Short("change", ("Pad(2)", "Pad(4)", "CenterCrop(24)", "Resize(30)"), proofs.to_thirty_two,
                 lambda found: next(name for name, shape in found.items() if tuple(shape) == (1, 32, 32)), _at("data", view="transforms")),
    "flip": Short("change", ("columns", "rows", "shape", "label"), proofs.flipping,
                  lambda found: "columns" if found["flipped.equal(x.flip(2))"] else "rows", _at("data", view="transforms")),
    "batches": Short("show", ("64", "937", "938", "60000"), proofs.batches, lambda found: str(found["len(loader)"]),
                     _at("data", view="loader")),
    "one_batch": Short("show", ("(3, 32, 32)", "(4, 3, 32, 32)", "(3, 4, 32, 32)", "(4, 32, 32, 3)"), proofs.one_batch,
                       lambda found: str(tuple(found["images.shape"])), _at("data", view="batches", batch_size="4")),
    "showing": Short("show", ("(x / 2 + 0.5).permute(1, 2, 0)", "x / 2 + 0.5", "x.permute(1, 2, 0)", "(x / 2 + 0.5).permute(2, 1, 0)"),
                     proofs.showing, lambda found: _named(found, " is the picture"), _at("data", view="numbers")),
    "moves": Short("train", ("loss.backward()", "optimizer.step()", "optimizer.zero_grad()"), proofs.what_moves_the_weights,
                   lambda found: _named(found, " moved the weights"), _at("step", moment="5")),
    "adds": Short("train", ("added", "replaced", "stopped"), proofs.gradients_add_up,
                  lambda found: "added" if found["twice as large"] else "replaced", _at("step", forget="1", moment="9")),
    "judge": Short("train", ("test", "training", "loss", "longer"), proofs.judging,
                   lambda found: "test" if found["test accuracy"] < found["training accuracy"] else "training", Place("runs")),
    "few": Short("overfit", ("few", "many", "alike", "neither"), proofs.how_much_data,
                 lambda found: "few" if _gap(found, "30") > _gap(found, "1437") else "many", _at("train", train_images="100")),
    "by_heart": Short("overfit", ("0 %", "10 %", "50 %", "100 %"), proofs.labels_by_chance,
                      lambda found: f"{found['training accuracy']:.0%}".replace("%", " %"), TRAIN),
    "apart": Short("overfit", ("apart", "fall", "rise", "equal"), proofs.gap_while_training, lambda found: _direction(found), TRAIN),
}
QUESTIONS = tuple(dict.fromkeys(short.question for short in SHORT.values()))
RESULT = "result"                                    # in a question's place: what came of all


@dataclass(frozen=True)
class ReviewSpec:
    """question: one of the eight questions; part: which of its short ones, from 1 on."""

    question: str = fields.choice(QUESTIONS[0], (*QUESTIONS, RESULT))
    part: int = fields.number(1, 1, 3)


def parts(question: str) -> tuple[str, ...]:
    """The keys of a question's short ones."""
    return tuple(key for key, short in SHORT.items() if short.question == question)


def beside(key: str) -> tuple[str, str]:
    """The short question before, "" for the first, and the one behind, RESULT for the last."""
    row = ("", *SHORT, RESULT)
    at = row.index(key)
    return row[at - 1], row[at + 1]


def options(key: str) -> tuple[str, ...]:
    """In an order that does not tell the right one, the same for everybody."""
    return tuple(Random(key).sample(SHORT[key].options, len(SHORT[key].options)))


@lru_cache(maxsize=len(SHORT))
def found(key: str) -> Found:
    """Run the proof. Shared: what it found is never changed."""
    return SHORT[key].proof()


def sources(key: str) -> tuple[Callable, ...]:
    """The functions that a learner may want to read: the proof, and the training that it looks at."""
    proof = SHORT[key].proof
    return (proof, proofs.trained) if "trained" in proof.__code__.co_names else (proof,)


def truth(key: str) -> str:
    return SHORT[key].truth(found(key))


def _gap(found: Found, pictures: str) -> float:
    return found[f"{pictures} pictures, training accuracy"] - found[f"{pictures} pictures, test accuracy"]


def _direction(found: Found) -> str:
    """What the two losses did between 15 and 60 steps."""
    rises = tuple(found[f"60 steps, {which} loss"] > found[f"15 steps, {which} loss"] for which in ("training", "test"))
    return {(False, True): "apart", (False, False): "fall", (True, True): "rise"}.get(rises, "equal")
