"""Transforms and pipelines, against torchvision's own."""

import dataclasses
from concurrent.futures import ThreadPoolExecutor

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torchvision import transforms as v1
from torchvision.transforms import v2

from core import checkpoint, fields
from core.data import DATASETS, load
from core.errors import SpecError
from core.images import normalise, scale
from core.train import Step, TrainSpec, batches, check_transforms, start, train
from core.transforms import TRANSFORMS, training
from core.transforms.chance import ColorJitter, GaussianBlur, RandomErasing, RandomHorizontalFlip, RandomRotation
from core.transforms.look import DRAWS, TransformsSpec, extremes, look, seen, way_back
from core.transforms.pipeline import LONGEST, MOST, compose, decoded, encoded, follow, is_key, named, through, written
from core.transforms.shapes import CenterCrop, Pad, RandomCrop, Resize
from core.transforms.step import Seen
from core.transforms.values import Grayscale, Normalize, ToTensor

CIFAR = DATASETS["cifar10"].mean, DATASETS["cifar10"].std
COLOUR = Seen(3, 32, CIFAR)
QUICK = TrainSpec(network="lenet5", train_images=60, val_fraction=0.2, batch_size=16, epochs=2, transforms="rotate-crop-tensor-norm-erase")


def picture(channels: int = 3, side: int = 32) -> torch.Tensor:
    return torch.randint(0, 256, (channels, side, side), generator=torch.Generator().manual_seed(0), dtype=torch.uint8)


def with_(**changes: object) -> TrainSpec:
    return dataclasses.replace(QUICK, **changes)


def allowed(rule: fields.Rule, default: object) -> st.SearchStrategy:
    if isinstance(rule, fields.Choice):
        return st.sampled_from(rule.keys)
    if isinstance(default, int):
        return st.integers(int(rule.low), int(rule.high)).map(lambda n: rule.read(n, default))         # a blur's kernel is odd
    return st.integers(round(rule.low * 100), round(rule.high * 100)).map(lambda n: n / 100)


steps = st.sampled_from(list(TRANSFORMS.values())).flatmap(
    lambda kind: st.builds(kind, **{name: allowed(rule, default) for name, (rule, default) in fields.rules(kind).items()}))


# each transform

@pytest.mark.parametrize("key", TRANSFORMS)
def test_every_transform_is_torchvisions_own_and_makes_the_shape_that_it_says(key):
    before = (ToTensor(),) if key in ("norm", "erase") else ()
    pipeline = (*before, TRANSFORMS[key]())
    out = through(compose(pipeline, COLOUR), picture(), 0)
    state = follow(pipeline, COLOUR)[-1]
    assert tuple(out.shape) == state.shape
    assert out.is_floating_point() == (state.stage != "bytes")
    assert type(out) is torch.Tensor
    for call in TRANSFORMS[key]().calls(COLOUR):
        assert type(call.made()) is getattr(v2, call.name)


@pytest.mark.parametrize("key", TRANSFORMS)
def test_only_what_is_called_random_draws(key):
    before = (ToTensor(),) if key in ("norm", "erase") else ()
    pipeline = compose((*before, TRANSFORMS[key]()), COLOUR)
    same = all(through(pipeline, picture(), 0).equal(through(pipeline, picture(), seed)) for seed in range(1, 6))
    assert same != TRANSFORMS[key].random


def test_totensor_is_the_old_one_within_the_last_bit():
    pil = v1.ToPILImage()(picture())
    out = through(compose((ToTensor(),), COLOUR), picture(), 0)
    torch.testing.assert_close(out, v1.ToTensor()(pil), rtol=0, atol=1e-7)
    torch.testing.assert_close(out, scale(picture()), rtol=0, atol=1e-7)


def test_a_pipeline_is_what_a_learner_would_write():
    own = v2.Compose([v2.RandomHorizontalFlip(0.5), v2.RandomCrop(32, padding=4), v2.ToImage(), v2.ToDtype(torch.float32, scale=True),
                      v2.Normalize(*CIFAR), v2.RandomErasing(0.5)])
    ours = compose(decoded("flip-crop-tensor-norm-erase"), COLOUR)
    for seed in range(5):
        torch.manual_seed(seed)
        assert through(ours, picture(), seed).equal(own(picture()))


def test_a_picture_of_pil_goes_through_the_same_program():
    names = {"image": v1.ToPILImage()(picture())}
    pipeline = decoded("flip-crop-pad-center-tensor-norm-erase")
    with torch.random.fork_rng(devices=[]):
        exec(written(pipeline, COLOUR, 4), names)
    assert names["x"].equal(through(compose(pipeline, COLOUR), picture(), 4))


@settings(derandomize=True, deadline=None, database=None, max_examples=25)
@given(st.lists(steps, max_size=MOST), st.sampled_from([Seen(1, 8, ((0.3,), (0.4,))), COLOUR]))
def test_a_pipeline_is_refused_with_a_reason_or_runs_and_its_code_gives_the_same(pipeline, arriving):
    image = picture(arriving.channels, arriving.side)
    try:
        states = follow(pipeline, arriving)
    except SpecError:
        return
    if max(state.side for state in states) > 100:
        return
    out = through(compose(pipeline, arriving), image, 3)
    assert tuple(out.shape) == states[-1].shape
    names = {"image": image}
    with torch.random.fork_rng(devices=[]):
        exec(written(pipeline, arriving, 3), names)
    assert names["x"].equal(out)


# keys

@settings(derandomize=True, deadline=None, database=None, max_examples=40)
@given(st.lists(steps, min_size=1, max_size=MOST))
def test_a_key_holds_the_whole_pipeline(pipeline):
    key = encoded(pipeline)
    assert decoded(key) == tuple(pipeline)
    assert is_key(key)
    assert len(key) <= LONGEST


@settings(derandomize=True, deadline=None, database=None, max_examples=40)
@given(st.text() | st.lists(st.sampled_from([*TRANSFORMS, "9" * 9, "crop32p4", "norm0", "p", "affine1t2s3", "٣", "resize0"])).map("-".join))
def test_any_text_becomes_a_pipeline_that_is_written_the_same_again(text):
    pipeline = decoded(text)
    assert len(pipeline) <= MOST
    assert decoded(encoded(pipeline)) == pipeline
    assert not is_key(text) or len(pipeline) == text.count("-") + 1


def test_a_short_key_reads_as_it_looks():
    pipeline = decoded("flip0.5-crop32p4-norm")
    assert pipeline == (RandomHorizontalFlip(0.5), RandomCrop(32, 4), Normalize())
    assert encoded(pipeline) == "flip-crop32-norm"         # 0.5 and 4 are the defaults
    assert [named(step) for step in pipeline] == ["RandomHorizontalFlip", "RandomCrop(side=32)", "Normalize"]


@pytest.mark.parametrize(("key", "kernel_size"), [
    ("blur", 3), ("blur2", 3), ("blur3", 3), ("blur4", 5), ("blur5", 5), ("blur8", 9), ("blur9", 9), ("blur10", 9)])
def test_an_even_kernel_is_read_as_the_next_odd_one_and_its_key_is_mended(key, kernel_size):
    step, = decoded(key)
    assert step == GaussianBlur(kernel_size)
    assert is_key(key) == (key in ("blur", f"blur{kernel_size}"))
    assert named(step) == ("GaussianBlur" if kernel_size == 3 else f"GaussianBlur(kernel_size={kernel_size})")
    assert step.calls(COLOUR)[0].made().kernel_size == (kernel_size, kernel_size)


@pytest.mark.parametrize(("key", "pipeline"), [
    ("", ()), ("resize999", (Resize(64),)), ("flip7", (RandomHorizontalFlip(1.0),)), ("twirl-gray", (Grayscale(),)),
    ("-".join(["gray"] * 20), (Grayscale(),) * MOST),
])
def test_a_key_out_of_range_is_mended_and_is_no_key(key, pipeline):
    assert decoded(key) == pipeline
    assert not is_key(key)


# order

@pytest.mark.parametrize(("pipeline", "code", "facts"), [
    ((Normalize(), ToTensor()), "normalize_before_totensor", {}),
    ((RandomErasing(), ToTensor()), "erasing_before_totensor", {}),
    ((Grayscale(), ToTensor(), Normalize()), "normalize_channels", {"value": 1, "numbers": 3}),
    ((ToTensor(), Normalize(), Normalize()), "normalize_twice", {}),
    ((ToTensor(), Normalize(), ColorJitter()), "jitter_after_normalize", {}),
    ((RandomCrop(48, 4),), "crop_too_large", {"value": 48, "limit": 40}),
    ((RandomCrop(4, 0), GaussianBlur(9)), "blur_too_wide", {"value": 9, "side": 4}),
    ((Grayscale(),) * 9, "pipeline_too_long", {"value": 9, "limit": 8}),
])
def test_a_wrong_order_is_refused_with_its_facts(pipeline, code, facts):
    with pytest.raises(SpecError) as refused:
        follow(pipeline, COLOUR)
    assert (refused.value.code, refused.value.facts) == (code, facts)


def test_torchvision_refuses_the_same_or_says_nothing():
    """What our sentences say of it."""
    with pytest.raises(TypeError, match="Input tensor should be a float tensor. Got torch.uint8"):
        v2.Normalize(*CIFAR)(picture())
    pil = v1.ToPILImage()(picture())
    with pytest.raises(AttributeError, match="shape"):
        v1.RandomErasing(p=1.0)(pil)
    with torch.random.fork_rng(devices=[]):                                # neither v2 nor a tensor's bytes stop it
        taken = v2.RandomErasing(p=1.0)(pil), *(version.RandomErasing(p=1.0)(picture()) for version in (v1, v2))
    for out, before in zip(taken, (pil, picture(), picture()), strict=True):
        assert type(out) is type(before)
        assert v2.functional.to_image(out).ne(v2.functional.to_image(before)).any()
    assert {out.dtype for out in taken[1:]} == {torch.uint8}
    with pytest.raises(RuntimeError, match="doesn't match the broadcast shape"):
        v1.Normalize(*CIFAR)(picture(1).float())
    assert v2.Normalize(*CIFAR)(picture(1).float()).shape == (3, 32, 32)
    normalised = v2.Normalize(*CIFAR)(scale(picture()))
    assert v2.ColorJitter(brightness=(0.9, 0.9))(normalised).min() == 0 > normalised.min()


def test_half_and_half_fits_any_number_of_channels():
    assert follow((Grayscale(), ToTensor(), Normalize("half")), COLOUR)[-1].used == ((0.5,), (0.5,))


# draws

def test_draws_depend_on_the_seed_alone_also_among_threads():
    pipeline, image = compose(decoded("rotate-crop-tensor-erase"), COLOUR), picture()
    expected = [through(pipeline, image, seed) for seed in range(6)]
    before = torch.get_rng_state()
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda seed: through(pipeline, image, seed % 6), range(48)))
    assert all(out.equal(expected[seed % 6]) for seed, out in enumerate(found))
    assert torch.get_rng_state().equal(before)


def test_a_look_shows_what_the_code_with_that_seed_gives():
    spec = TransformsSpec("resize-affine-tensor-norm-erase", seed=5)
    found, names = look("digits", spec), {}
    for image, row in zip(found.before, found.after, strict=True):
        for seed, shown in zip(found.seeds, row, strict=True):
            names["image"] = image
            with torch.random.fork_rng(devices=[]):
                exec(written(decoded(spec.transforms), found.states[0], seed), names)
            assert names["x"].equal(shown)
    assert found.after.shape == (3, DRAWS, 1, 28, 28)
    assert [state.shape for state in found.states] == [(1, 8, 8)] + [(1, 28, 28)] * 5
    assert (float(found.ready.min()), float(found.ready.max())) == pytest.approx((0, 1))


def test_without_chance_one_draw_is_enough():
    found = look("digits", TransformsSpec("pad2-tensor"))
    assert found.after.shape == (4, 1, 1, 12, 12)
    torch.testing.assert_close(found.after[:, 0, :, 2:-2, 2:-2], scale(found.before), rtol=0, atol=1e-7)


# the way back

def test_the_matching_way_back_returns_the_picture_and_the_texts_does_not():
    found = look("patches", TransformsSpec("tensor-normcifar"))
    state = found.states[-1]
    torch.testing.assert_close(way_back(found.after, state, "matching"), found.ready, rtol=0, atol=1e-6)
    assert way_back(found.after, state, "half").equal(found.after / 2 + 0.5)
    assert way_back(found.after, state, "none").equal(found.after)
    assert not torch.allclose(way_back(found.after, state, "half"), found.ready, atol=0.05)


def test_the_texts_range_is_that_of_black_and_white_under_cifars_numbers():
    state = follow(decoded("tensor-normcifar"), COLOUR)[-1]
    assert [round(end, 4) for end in extremes(state, "half")] == [-0.4947, 1.5632]        # as matplotlib warned
    assert extremes(state, "matching") == pytest.approx((0, 1), abs=1e-6)
    half = follow(decoded("tensor-normhalf"), COLOUR)[-1]
    assert extremes(half, "half") == extremes(half, "matching") == (0, 1)


# training

def losses(records) -> list[float]:
    return [record.loss.item() for record in records if isinstance(record, Step)]


def test_a_pipeline_that_never_acts_feeds_what_no_pipeline_feeds():
    for (x, y), (x2, y2) in zip(batches(start(with_(transforms="flip0"))), batches(start(with_(transforms=""))), strict=True):
        torch.testing.assert_close(x, x2, rtol=0, atol=1e-5)
        assert y.equal(y2)


def test_every_picture_of_a_batch_draws_for_itself_and_anew_in_each_epoch():
    state = start(with_(transforms="rotate90", batch_size=48, train_images=60))
    one_picture = dataclasses.replace(state.splits.train, indices=torch.zeros(48, dtype=torch.long))
    state.splits = dataclasses.replace(state.splits, train=one_picture)
    (first, _), = batches(state)
    assert len(first.flatten(1).unique(dim=0)) > 40
    state.epoch, state.position = 1, 0
    (second, _), = batches(state)
    assert not first.equal(second)
    assert (second == first).flatten(1).all(1).sum() == 0


def test_what_a_picture_draws_depends_on_neither_batch_size_nor_loop():
    def fed(**changes: object) -> torch.Tensor:
        state = start(with_(**changes))
        return torch.cat([x for x, _ in batches(state)])[state.order.argsort()]

    once = fed()
    assert once.equal(fed(batch_size=1))
    assert once.equal(fed(loop="loader"))
    assert once.equal(fed(batch_size=48))
    assert not once.equal(fed(transforms="rotate-crop-tensor-norm"))


def test_validation_and_test_pictures_stay_as_they_are():
    plain, ours = start(with_(transforms="")), start(QUICK)
    assert ours.splits.validation.images.equal(plain.splits.validation.images)
    assert ours.splits.test.images.equal(plain.splits.test.images)


@pytest.mark.parametrize(("loop", "cut"), [("memory", 1), ("memory", 4), ("loader", 2)])        # three steps an epoch
def test_a_run_with_a_pipeline_goes_on_bit_for_bit(loop, cut, tmp_path):
    spec = with_(loop=loop)
    first, before = start(spec), []
    for record in train(first):
        before.append(record)
        if len(losses(before)) == cut:
            break
    checkpoint.save(first, tmp_path / "run.pt")
    torch.manual_seed(99)                                  # another process has another global generator
    second = checkpoint.load(tmp_path / "run.pt")
    after = list(train(second))
    whole = start(spec)
    assert losses(before + after) == losses(train(whole))
    for name, tensor in whole.model.state_dict().items():
        assert second.model.state_dict()[name].equal(tensor)


def test_training_leaves_the_global_generator_alone():
    before = torch.get_rng_state()
    list(batches(start(QUICK)))
    assert torch.get_rng_state().equal(before)


@pytest.mark.parametrize(("key", "steps"), [
    ("flip", (RandomHorizontalFlip(), ToTensor(), Normalize())),
    ("rotate-tensor", (RandomRotation(), ToTensor(), Normalize())),
    ("tensor-norm-erase", (ToTensor(), Normalize(), RandomErasing())),
])
def test_totensor_and_normalize_are_added_where_a_key_leaves_them_out(key, steps):
    assert training.check(key, COLOUR, "measured") == steps


@pytest.mark.parametrize(("changes", "code"), [
    ({"transforms": "crop32"}, "training_shape"),          # lenet5 takes 28 x 28
    ({"transforms": "tensor-normhalf"}, "training_normalize"),
    ({"transforms": "tensor-norm", "normalisation": "none"}, "training_normalize"),
    ({"transforms": "erase"}, "erasing_before_totensor"),
    ({"transforms": "resize"}, "unknown_key"),             # validation and test pictures would have to be resized too
    ({"transforms": "gray-flip"}, "unknown_key"),
])
def test_what_cannot_stand_in_training_is_refused_before_pictures_are_loaded(changes, code, monkeypatch):
    monkeypatch.setattr("core.train.data.load", lambda *_, **__: pytest.fail("loaded"))
    with pytest.raises(SpecError, match=code):
        start(with_(**changes))


@pytest.mark.parametrize("changes", [
    {"transforms": "crop28-tensor-norm"}, {"transforms": "tensor-normhalf-erase", "normalisation": "half"},
    {"transforms": "flip-tensor-normcifar", "dataset": "cifar10", "network": "cifar_net"}, {"transforms": ""},
])
def test_what_gives_the_network_its_shape_and_numbers_is_allowed(changes):
    check_transforms(with_(**changes))


def test_steps_that_every_picture_would_have_to_go_through_are_left_out():
    kept = training.for_training((Resize(40), Grayscale(), RandomCrop(32, 4), Pad(), CenterCrop(), ToTensor(), Normalize()))
    assert kept == (RandomCrop(0, 4), ToTensor(), Normalize())
    assert {key for key, kind in TRANSFORMS.items() if not training.trains(kind())} == {"gray", "resize", "pad", "center"}


def test_the_runs_own_numbers_are_what_normalize_uses():
    state = start(with_(transforms="flip0", dataset="digits", network="cifar_net", normalisation="half"))
    x, _ = next(batches(state))
    image = state.splits.train.images[state.order[0]]
    torch.testing.assert_close(x[0], normalise(scale(image[None]), (0.5,) * 3, (0.5,) * 3)[0], rtol=0, atol=1e-6)
    assert seen("digits").measured == (DATASETS["digits"].mean, DATASETS["digits"].std)
    assert load("digits", train=True).images.shape[1:] == seen("digits").shape
