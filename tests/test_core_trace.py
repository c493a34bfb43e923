"""The trace of a forward pass: every operation, in order, and nothing left behind on the network."""

import threading
from collections.abc import Callable

import pytest
import torch
import torchinfo
from seed_networks import DigitsCNN, Tagger, encoder, transformer
from torch import Tensor, nn
from torch.nn import functional as F
from torch.utils.flop_counter import FlopCounterMode

from core.models import LENETS, MODELS, fresh, parameter_count
from core.seeded import seeded
from core.trace import Trace, Window, activation, layers, trace
from tests.conftest import side_by_side

NAMES = ["conv2d", "relu", "max_pool2d", "conv2d", "relu", "max_pool2d", "view", "linear", "relu", "linear", "relu", "linear"]


def shapes(first: int, pooled: int, second: int, last: int) -> list[tuple[int, ...]]:
    """Of one picture, behind each of the twelve operations."""
    front = [(6, first, first)] * 2 + [(6, pooled, pooled)] + [(16, second, second)] * 2 + [(16, last, last)]
    return [(1, *shape) for shape in front + [(16 * last * last,), (120,), (120,), (84,), (84,), (10,)]]


SHAPES = {
    "lenet": shapes(28, 14, 10, 5),
    "cifar_net": shapes(28, 14, 10, 5),
    "lenet5": shapes(24, 12, 8, 4),
    "lenet_conv3": shapes(28, 14, 12, 6),
}
LINEAR = ["84·120 + 84 = 10,164", "10·84 + 10 = 850"]
ARITHMETIC = {
    "lenet": ["6·1·5·5 + 6 = 156", "16·6·5·5 + 16 = 2,416", "120·400 + 120 = 48,120", *LINEAR],
    "cifar_net": ["6·3·5·5 + 6 = 456", "16·6·5·5 + 16 = 2,416", "120·400 + 120 = 48,120", *LINEAR],
    "lenet5": ["6·1·5·5 + 6 = 156", "16·6·5·5 + 16 = 2,416", "120·256 + 120 = 30,840", *LINEAR],
    "lenet_conv3": ["6·1·5·5 + 6 = 156", "16·6·3·3 + 16 = 880", "120·576 + 120 = 69,240", *LINEAR],
}
PATHS = {
    "lenet": ["conv1", "", "", "conv2", "", "", "", "fc1", "", "fc2", "", "fc3"],
    "cifar_net": ["conv1", "", "pool", "conv2", "", "pool", "", "fc1", "", "fc2", "", "fc3"],
    "lenet5": ["conv1.0", "conv1.1", "conv1.2", "conv2.0", "conv2.1", "conv2.2", "", "fc1.0", "fc1.1", "fc2.0", "fc2.1", "fc3.0"],
    "lenet_conv3": ["conv1", "", "", "conv2", "", "", "", "fc1", "", "fc2", "", "fc3"],
}


def picture(key: str, batch: int = 1, seed: int = 0) -> torch.Tensor:
    network = MODELS[key]
    return torch.rand(batch, network.channels, network.size, network.size, generator=torch.Generator().manual_seed(seed))


def refusal(traced: Trace) -> str:
    return traced.error.removeprefix("addmm: ")            # torch 2.15 says first which function refused; 2.13 did not


def test_every_network_has_its_shapes_written_down():
    assert set(SHAPES) == set(ARITHMETIC) == set(PATHS) == set(LENETS)


@pytest.mark.parametrize("key", LENETS)
def test_twelve_operations_in_order_with_their_shapes(key):
    ops = trace(fresh(key, 0), picture(key)).ops
    assert [op.name for op in ops] == NAMES
    assert [op.out_shape for op in ops] == SHAPES[key]
    assert [op.path for op in ops] == PATHS[key]
    assert [op.in_shape for op in ops] == [tuple(picture(key).shape), *SHAPES[key][:-1]]


@pytest.mark.parametrize("key", LENETS)
def test_parameters_are_written_as_products_and_add_up(key):
    model = fresh(key, 0)
    ops = trace(model, picture(key)).ops
    assert [op.arithmetic for op in ops if op.parameters] == ARITHMETIC[key]
    assert sum(op.parameter_count for op in ops) == parameter_count(model)
    assert all(op.arithmetic == "" for op in ops if op.name in ("relu", "max_pool2d", "view"))


@pytest.mark.parametrize("batch", [1, 16])
@pytest.mark.parametrize("key", LENETS)
def test_the_trace_ends_in_what_the_network_answers(key, batch):
    model, x = fresh(key, 0), picture(key, batch)
    traced = trace(model, x)
    assert traced.output.equal(model(x))
    assert traced.in_shape == tuple(x.shape)
    assert traced.error == ""
    assert all(tuple(op.out.shape) == op.out_shape and not op.out.requires_grad for op in traced.ops)


def test_each_map_is_what_pytorch_computes_step_by_step():
    model, x = fresh("lenet", 0), picture("lenet")
    ops = trace(model, x).ops
    with torch.no_grad():
        conv = nn.functional.conv2d(x, model.conv1.weight, model.conv1.bias)
    assert ops[0].out.equal(conv)
    assert ops[1].out.equal(conv.clamp_min(0))
    assert ops[2].out.equal(conv.clamp_min(0).unfold(2, 2, 2).unfold(3, 2, 2).amax((-1, -2)))


@pytest.mark.parametrize("training", [True, False])
@pytest.mark.parametrize("key", LENETS)
def test_nothing_is_left_on_the_network(key, training):
    model = fresh(key, 0).train(training)
    before = {name: tensor.clone() for name, tensor in model.state_dict().items()}
    attributes = [dict(vars(module)) for module in model.modules()]
    trace(model, picture(key))
    trace(model, torch.zeros(1, 7, 3, 3))                  # refused
    assert [vars(module) for module in model.modules()] == attributes      # hooks, training flags, new names: all live here
    assert all(not module._forward_hooks and not module._forward_pre_hooks for module in model.modules())
    assert model.training is training
    assert all(p.grad is None and p.requires_grad for p in model.parameters())
    assert before.keys() == model.state_dict().keys()
    assert all(before[name].equal(tensor) for name, tensor in model.state_dict().items())


def test_a_forward_after_the_trace_is_recorded_nowhere_and_has_gradients():
    model, x = fresh("lenet", 0), picture("lenet")
    ops = trace(model, x).ops
    assert model(x).requires_grad
    assert len(ops) == 12


def test_two_threads_tracing_one_network_never_see_each_others_tensors():
    model = fresh("lenet", 0)
    xs = [picture("lenet", batch, seed=batch) for batch in (2, 3)]
    alone = [trace(model, x) for x in xs]
    wrong, ready = [], threading.Barrier(2)

    def run(x: torch.Tensor, expected: Trace) -> None:
        ready.wait()
        for _ in range(40):
            ops = trace(model, x).ops
            same = [op.name for op in ops] == NAMES and all(a.out.equal(b.out) for a, b in zip(ops, expected.ops, strict=True))
            if not same:
                wrong.append([op.out_shape for op in ops])

    side_by_side(run, zip(xs, alone, strict=True))
    assert wrong == []


def test_mnists_28_pixels_do_not_fit_lenet():
    traced = trace(fresh("lenet", 0), torch.zeros(1, 1, 28, 28))
    assert refusal(traced) == "mat1 and mat2 shapes cannot be multiplied (1x256 and 400x120)"
    assert [op.name for op in traced.ops] == NAMES[:7]     # everything up to the view worked
    assert traced.ops[-1].out_shape == (1, 256)


def test_a_missing_batch_dimension_is_refused_by_the_first_linear_layer():
    traced = trace(fresh("lenet", 0), torch.zeros(1, 32, 32))
    assert refusal(traced) == "mat1 and mat2 shapes cannot be multiplied (16x25 and 400x120)"


def test_a_mistake_that_is_no_shape_is_not_swallowed():
    class Broken(nn.Module):
        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return x.no_such_method()

    with pytest.raises(AttributeError):
        trace(Broken(), torch.zeros(1))


@pytest.mark.parametrize("key", LENETS)
def test_the_roles_are_those_of_the_classic_figure(key):
    named = layers(trace(fresh(key, 0), picture(key)).ops)
    assert [label for label, _ in named] == ["C1", "S2", "C3", "S4", "C5/F5", "F6", "OUT"]
    expected = [SHAPES[key][i] for i in (1, 2, 4, 5, 8, 10, 11)]
    assert [op.out_shape for _, op in named] == expected
    assert sum(op.parameter_count for _, op in named) == parameter_count(fresh(key, 0))


def test_a_role_shows_its_map_after_the_activation_and_keeps_its_parameters():
    ops = trace(fresh("lenet", 0), picture("lenet")).ops
    c1 = layers(ops)[0][1]
    assert c1.out is ops[1].out
    assert c1.out.min() == 0
    assert c1.arithmetic == "6·1·5·5 + 6 = 156"
    assert layers(ops)[-1][1].out.min() < 0                # logits have no activation behind them


def test_each_layer_has_the_activation_that_stands_behind_itself():
    """All three are called conv2d; only where their inputs are the same tensor is it the same layer."""
    kernel = torch.ones(1, 1, 1, 1)
    ops = trace(Calls(lambda x: F.conv2d(F.conv2d(F.conv2d(x, kernel).tanh(), kernel).view(1, 1, 2, 2), kernel).sigmoid()),
                torch.ones(1, 1, 2, 2)).ops
    named = layers(ops)
    assert [label for label, _ in named] == ["C1", "C2", "C3"]
    assert [activation(ops, layer) for _, layer in named] == ["tanh", "", "sigmoid"]


def test_no_operations_have_no_roles():
    assert layers(()) == []


class Calls(nn.Module):
    """A network whose forward is one function, so that a test says on one line what is traced."""

    def __init__(self, forward: Callable) -> None:
        super().__init__()
        self.call = forward

    def forward(self, *inputs: object, **named: object) -> object:
        return self.call(*inputs, **named)


def rand(*size: int) -> Tensor:
    return torch.rand(*size, generator=torch.Generator().manual_seed(0))


def names(forward: Callable, *inputs: object) -> list[str]:
    return [op.name for op in trace(Calls(forward), *inputs).ops]


NETWORKS: dict[str, tuple[Callable[[], nn.Module], tuple[Tensor, ...]]] = {      # how to build it, what goes in
    **{key: (lambda key=key: fresh(key, 0), (picture(key, batch=2),)) for key in MODELS},
    "digits_cnn": (lambda: seeded(0, DigitsCNN), (rand(2, 1, 28, 28),)),
    "tagger": (lambda: seeded(0, Tagger), (torch.tensor([0, 1, 2, 3, 4]),)),
    "encoder": (lambda: seeded(0, encoder), (rand(2, 5, 8),)),
    "transformer": (lambda: seeded(0, transformer), (rand(2, 5, 8), rand(2, 3, 8))),
}
SINGLE = {                                                 # what NETWORKS does not use
    "conv1d, grouped": (nn.Conv1d(4, 6, 3, groups=2), (rand(2, 4, 5),)),
    "conv3d": (nn.Conv3d(2, 3, 3), (rand(2, 2, 5, 5, 5),)),
    "conv2d, dilated": (nn.Conv2d(2, 3, 3, padding="same", dilation=2, bias=False), (rand(2, 2, 7, 9),)),
    "conv_transpose2d": (nn.ConvTranspose2d(4, 6, 3, 2, 1, groups=2), (rand(2, 4, 5, 5),)),
    "gru": (nn.GRU(3, 4, 2, bidirectional=True), (rand(5, 2, 3),)),
    "rnn without batch": (nn.RNN(3, 4), (rand(5, 3),)),
    "lstm_cell": (nn.LSTMCell(3, 4), (rand(5, 3),)),
    "attention": (nn.MultiheadAttention(8, 2, kdim=3, vdim=5, add_bias_kv=True, add_zero_attn=True),
                  (rand(4, 2, 8), rand(6, 2, 3), rand(6, 2, 5))),
    "mm": (Calls(torch.mm), (rand(3, 4), rand(4, 5))),
    "bmm": (Calls(torch.bmm), (rand(2, 3, 4), rand(2, 4, 5))),
    "addmm": (Calls(torch.addmm), (rand(5), rand(3, 4), rand(4, 5))),
    "baddbmm": (Calls(torch.baddbmm), (rand(2, 3, 5), rand(2, 3, 4), rand(2, 4, 5))),
    "matmul": (Calls(lambda a, b: a @ b), (rand(2, 3, 3, 4), rand(4, 5))),
    "einsum": (Calls(lambda a, b: torch.einsum("bhqd,bhkd->bhqk", a, b)), (rand(2, 2, 3, 4), rand(2, 2, 5, 4))),
    "einsum with dots": (Calls(lambda a, b: torch.einsum("...ij,jk", a, b)), (rand(2, 3, 4), rand(4, 5))),
    "einsum, nothing summed": (Calls(lambda a, b: torch.einsum("i,j->ij", a, b)), (rand(3), rand(4))),
    "attend": (Calls(F.scaled_dot_product_attention), (rand(2, 2, 3, 4), rand(2, 2, 5, 4), rand(2, 2, 5, 6))),
}


def counted(model: nn.Module, inputs: tuple[Tensor, ...]) -> int:
    """By PyTorch's own counter; on real tensors it misses what the CPU computes in one fused step."""
    with torch.no_grad(), FlopCounterMode(display=False) as counter:
        model.to("meta")(*(x.to("meta") for x in inputs))
    return counter.get_total_flops()


@pytest.mark.parametrize("key", NETWORKS)
def test_flops_add_up_to_what_pytorchs_counter_says(key):
    build, inputs = NETWORKS[key]
    model = build().eval()
    assert sum(op.flops for op in trace(model, *inputs).ops) == counted(model, inputs) > 0


@pytest.mark.parametrize("key", SINGLE)
def test_flops_of_one_operation_are_those_of_pytorchs_counter(key):
    model, inputs = SINGLE[key]
    assert sum(op.flops for op in trace(model, *inputs).ops) == counted(model, inputs)


def test_flops_are_written_as_products():
    ops = trace(fresh("lenet", 0), picture("lenet")).ops
    assert [op.flops_arithmetic for op in ops if op.flops] == [
        "2·6·28·28·(1·5·5) = 235,200", "2·16·10·10·(6·5·5) = 480,000", "2·120·400 = 96,000", "2·84·120 = 20,160", "2·10·84 = 1,680"]
    assert sum(op.flops for op in ops) == 833_040
    assert all(op.flops_arithmetic == "" for op in ops if op.name in ("relu", "max_pool2d", "view"))
    batch = trace(fresh("lenet", 0), picture("lenet", batch=16)).ops
    assert batch[0].flops_arithmetic == "2·16·6·28·28·(1·5·5) = 3,763,200"


def test_a_vector_and_a_sum_in_place_count_although_pytorchs_counter_leaves_them_out():
    assert trace(Calls(torch.mv), rand(3, 4), rand(4)).ops[0].flops == 24
    assert trace(Calls(lambda a, b: a.addmm_(b, b)), rand(3, 3), rand(3, 3)).ops[0].flops == 54


def test_bytes_of_output_and_parameters():
    conv = trace(fresh("lenet", 0), picture("lenet")).ops[0]
    assert (conv.out_bytes, conv.parameter_bytes) == (6 * 28 * 28 * 4, 156 * 4)
    half = trace(nn.Linear(3, 2).bfloat16(), rand(1, 3).bfloat16()).ops[0]
    assert (half.out_bytes, half.parameter_bytes) == (2 * 2, 8 * 2)
    largest = trace(Calls(lambda x: x.max(1)), rand(5, 3)).ops[0]
    assert largest.out_bytes == 5 * 4 + 5 * 8              # the numbers, and their places as int64


@pytest.mark.parametrize("key", NETWORKS)
def test_every_network_runs_and_ends_in_its_answer(key):
    build, inputs = NETWORKS[key]
    model = build().eval()
    traced = trace(model, *inputs)
    assert traced.error == ""
    assert traced.in_shape == tuple(inputs[0].shape)
    with torch.no_grad():
        torch.testing.assert_close(traced.output, model(*inputs))        # a Transformer's fused way differs in the last bits


@pytest.mark.parametrize("key", NETWORKS)
def test_parameters_are_those_of_torchinfo(key):
    build, inputs = NETWORKS[key]
    model = build().eval()
    told = torchinfo.summary(build().eval(), input_data=inputs, verbose=0)
    assert sum(op.parameter_count for op in trace(model, *inputs).ops) == parameter_count(model)
    if "former" not in key and key != "encoder":           # torchinfo does not see parameters inside attention
        assert told.total_params == parameter_count(model)


@pytest.mark.parametrize("key", [key for key in NETWORKS if key not in ("encoder", "transformer")])
def test_layers_have_the_shapes_and_parameters_of_torchinfo(key):
    build, inputs = NETWORKS[key]
    model = build().eval()
    told = [info for info in torchinfo.summary(model, input_data=inputs, verbose=0).summary_list if info.is_leaf_layer]
    paths = {id(module): path for path, module in model.named_modules()}
    seen = [(op.path, op.out_shape, op.parameter_count) for op in trace(model, *inputs).ops if op.path]
    assert seen == [(paths[info.layer_id], tuple(info.output_size), info.num_params) for info in told]


def test_the_tagger_takes_six_operations_and_an_lstm_is_one():
    ops = trace(Tagger(), torch.tensor([0, 1, 2, 3, 4])).ops
    assert [op.name for op in ops] == ["embedding", "view", "lstm", "view", "linear", "log_softmax"]
    assert [op.path for op in ops] == ["embeddings", "", "lstm", "", "tags", ""]
    assert ops[0].x.tolist() == [0, 1, 2, 3, 4]
    assert ops[2].arithmetic == "24·6 + 24·6 + 24 + 24 = 336"
    assert ops[2].flops_arithmetic == "2·5·1·24·6 + 2·5·1·24·6 = 2,880"
    hidden, cell = ops[2].further_outputs
    assert hidden.equal(ops[2].out[-1:])
    assert cell.shape == (1, 1, 6)


def test_attention_is_one_operation_with_the_parameters_that_go_in():
    ops = trace(encoder().eval(), rand(2, 5, 8)).ops
    attention = [op for op in ops if op.name == "multi_head_attention_forward"]
    assert [op.path for op in attention] == ["layers.0.self_attn", "layers.1.self_attn"]
    assert [name for name, _ in attention[0].parameters] == ["in_proj_weight", "in_proj_bias", "out_proj.weight", "out_proj.bias"]
    assert sum(op.name == "linear" for op in ops) == 4     # those behind attention, none inside


def test_lists_tuples_and_properties_are_operations_too():
    assert names(lambda x: torch.cat([x, x.T]), rand(2, 2)) == ["T", "cat"]
    assert names(lambda x: torch.stack((x, x)), rand(2, 2)) == ["stack"]
    assert names(lambda x: x.max(dim=1).indices, rand(2, 2)) == ["max"]
    assert names(lambda x: [1 - part for part in x], rand(2, 2)) == ["unbind", "rsub", "rsub"]
    assert names(lambda x: (x.shape, x.dtype, x.dim(), x[0]), rand(2, 2)) == ["getitem"]
    assert names(lambda x: x + torch.zeros(2, 2), rand(2, 2)) == ["add"]


def test_all_inputs_and_outputs_of_an_operation_are_kept():
    joined = trace(Calls(lambda x, y: torch.cat([x, y])), rand(2, 3), rand(1, 3)).ops[0]
    assert joined.in_shape == (2, 3)
    assert [x.shape for x in joined.further_inputs] == [(1, 3)]
    pooled = trace(nn.MaxPool2d(2, return_indices=True), rand(1, 1, 4, 4)).ops[0]
    assert (pooled.name, pooled.window) == ("max_pool2d", Window((2, 2), (2, 2)))
    assert pooled.further_outputs[0].dtype == torch.int64


def test_keyword_arguments_are_read_like_others():
    convolved = trace(Calls(lambda x: F.conv2d(input=x, weight=torch.ones(1, 1, 3, 3), stride=2)), rand(1, 1, 7, 7)).ops[0]
    assert convolved.window == Window((3, 3), (2, 2))
    assert convolved.flops == 2 * 9 * 9
    scaled = trace(Calls(lambda x, *, scale: x * scale), rand(2), scale=torch.tensor(3.0))
    assert [op.name for op in scaled.ops] == ["mul"]
    assert scaled.output.equal(rand(2) * 3)
    assert trace(Calls(lambda x: torch.lerp(x, x, weight=0.5)), rand(2)).ops[0].weight is None


@pytest.mark.parametrize(("kernel", "dilation", "first"), [(3, 1, 1), (3, 2, 2), (4, 1, 1)])
@pytest.mark.filterwarnings("ignore:Using padding='same' with even kernel")         # what PyTorch does then is tested here
def test_same_padding_is_told_as_that_before_the_first_pixel(kernel, dilation, first):
    ops = trace(nn.Conv2d(1, 1, kernel, padding="same", dilation=dilation), rand(1, 1, 9, 9)).ops
    assert ops[0].window.padding == (first, first)


def test_an_operation_in_place_shows_the_value_before_it():
    x = torch.tensor([-1.0, 2.0])
    ops = trace(Calls(lambda x: (x * 3).relu_().add_(1)), x).ops
    assert [op.name for op in ops] == ["mul", "relu_", "add_"]
    assert [op.x.tolist() for op in ops] == [[-1, 2], [-3, 6], [0, 6]]
    assert [op.out.tolist() for op in ops] == [[-3, 6], [0, 6], [1, 7]]


def changes(x: Tensor) -> Tensor:
    y = x * 1
    rows = y.view(-1)
    y[0] = 5
    rows += 1
    torch.add(y, y, out=y)
    return F.relu(y, inplace=True)


def test_what_was_recorded_never_changes_later_not_even_through_a_view():
    ops = trace(Calls(changes), torch.zeros(2)).ops
    told = [(op.name, op.x.tolist(), op.out.tolist()) for op in ops]
    assert told == [("mul", [0, 0], [0, 0]), ("view", [0, 0], [0, 0]), ("setitem", [0, 0], [5, 0]), ("add_", [5, 0], [6, 1]),
                    ("add", [6, 1], [12, 2]), ("relu", [12, 2], [12, 2])]


def test_the_input_is_left_as_it_was():
    x = torch.tensor([-1.0, 2.0])
    assert trace(nn.ReLU(inplace=True), x).output.tolist() == [0, 2]
    assert x.tolist() == [-1, 2]


class Careless(nn.Module):
    """Changes its own parameter, its buffers, and a view of one, while it computes."""

    def __init__(self) -> None:
        super().__init__()
        self.words = nn.Embedding(4, 2, max_norm=0.1)
        self.norm = nn.BatchNorm1d(2)
        self.scale = nn.Parameter(torch.ones(2))
        self.register_buffer("seen", torch.zeros(3, 2))

    def forward(self, words: Tensor) -> Tensor:
        x = self.norm(self.words(words))
        self.seen[0].add_(1)
        self.scale.data.mul_(2)
        return x * self.scale + self.seen[0]


def test_a_network_that_changes_itself_is_left_as_it_was():
    model = seeded(0, Careless).train()
    before = {name: (tensor.clone(), tensor._version) for name, tensor in model.state_dict(keep_vars=True).items()}
    first, second = (trace(model, torch.tensor([0, 1, 2])) for _ in range(2))
    assert first.output.equal(second.output)
    assert first.ops[-1].name == "add"
    for name, tensor in model.state_dict(keep_vars=True).items():
        assert tensor.equal(before[name][0])
        assert tensor._version == before[name][1]
    torch.testing.assert_close(first.output, model(torch.tensor([0, 1, 2])).detach())    # the real one computes the same, and changes
    assert model.scale.tolist() == [2, 2]


def test_what_was_recorded_stays_when_the_network_learns_on():
    model = nn.Linear(2, 1)
    op = trace(model, rand(1, 2)).ops[0]
    turned = trace(Calls(lambda x: x @ model.weight.T), rand(1, 2)).ops[0]
    held = [tensor.clone() for tensor in (op.weight, op.bias, op.out)]
    with torch.no_grad():
        model.weight.zero_()
        model.bias.zero_()
    assert turned.name == "T"
    assert all(now.equal(then) for now, then in zip((op.weight, op.bias, op.out), held, strict=True))


def test_counting_batches_in_batch_norm_is_no_operation():
    ops = trace(nn.BatchNorm1d(2).train(), rand(3, 2)).ops
    assert [op.name for op in ops] == ["batch_norm"]
    assert ops[0].arithmetic == "2 + 2 = 4"


def test_parameters_belong_to_the_operation_that_they_go_into():
    class Two(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.weight, self.bias = nn.Parameter(torch.ones(2, 3)), nn.Parameter(torch.ones(3))
            self.head = nn.Linear(3, 1)

        def forward(self, x: Tensor) -> Tensor:
            return F.linear(x @ self.weight + self.bias, self.head.weight)

    ops = trace(Two(), rand(1, 2)).ops
    assert [(op.name, op.parameters) for op in ops] == [
        ("matmul", (("weight", (2, 3)),)), ("add", (("bias", (3,)),)), ("linear", (("head.weight", (1, 3)),))]


def test_a_network_without_operations_answers_its_input():
    traced = trace(nn.Identity(), rand(2))
    assert traced.ops == ()
    assert traced.output.equal(rand(2))


def test_words_that_are_no_whole_numbers_are_refused_in_pytorchs_words():
    traced = trace(Tagger(), rand(5))
    assert "Long, Int" in traced.error
    assert traced.ops == ()


def test_two_threads_training_statistics_never_mix():
    model = nn.Sequential(nn.BatchNorm1d(2), nn.ReLU(inplace=True)).train()
    xs = [rand(size, 2) - 0.5 for size in (3, 4)]
    alone = [trace(model, x).output for x in xs]
    wrong, ready = [], threading.Barrier(2)

    def run(x: Tensor, expected: Tensor) -> None:
        ready.wait()
        wrong.extend(1 for _ in range(40) if not trace(model, x).output.equal(expected))

    side_by_side(run, zip(xs, alone, strict=True))
    assert wrong == []
    assert model[0].num_batches_tracked == 0
