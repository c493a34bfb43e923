"""What the fourth text, modelsyt, prints. It sets no seed; all follows from 42, drawn in the page's order."""

from functools import partial

from core.lessons.numbers import modelsyt as now
from core.lessons.numbers.printed import Dropped, Never, Perhaps, Printed, Residue

LINEAR1_WEIGHT = (
    "Parameter containing: tensor([[ 0.0765, 0.0830, -0.0234, ..., -0.0337, -0.0355, -0.0968], [-0.0573, 0.0250, -0.0132, ..., -0.0060, "
    "0.0240, 0.0280], [-0.0908, -0.0369, 0.0842, ..., -0.0078, -0.0333, -0.0324], ..., [-0.0273, -0.0162, -0.0878, ..., 0.0451, 0.0297, "
    "-0.0722], [ 0.0833, -0.0874, -0.0020, ..., -0.0215, 0.0356, 0.0405], [-0.0637, 0.0190, -0.0571, ..., -0.0874, 0.0176, 0.0712]], "
    "requires_grad=True)"
)
LINEAR1_BIAS = (
    "Parameter containing: tensor([ 0.0304, -0.0758, -0.0549, -0.0893, -0.0809, -0.0804, -0.0079, -0.0413, -0.0968, 0.0888, 0.0239, "
    "-0.0659, -0.0560, -0.0060, 0.0660, -0.0319, -0.0370, 0.0633, -0.0143, -0.0360, 0.0670, -0.0804, 0.0265, -0.0870, 0.0039, -0.0174, "
    "-0.0680, -0.0531, 0.0643, 0.0794, 0.0209, 0.0419, 0.0562, -0.0173, -0.0055, 0.0813, 0.0613, -0.0379, 0.0228, 0.0304, -0.0354, "
    "0.0609, -0.0398, 0.0410, 0.0564, -0.0101, -0.0790, -0.0824, -0.0126, 0.0557, 0.0900, 0.0597, 0.0062, -0.0108, 0.0112, -0.0358, "
    "-0.0203, 0.0566, -0.0816, -0.0633, -0.0266, -0.0624, -0.0746, 0.0492, 0.0450, 0.0530, -0.0706, 0.0308, 0.0533, 0.0202, -0.0469, "
    "-0.0448, 0.0548, 0.0331, 0.0257, -0.0764, -0.0892, 0.0783, 0.0062, 0.0844, -0.0959, -0.0468, -0.0926, 0.0925, 0.0147, 0.0391, "
    "0.0765, 0.0059, 0.0216, -0.0724, 0.0108, 0.0701, -0.0147, -0.0693, -0.0517, 0.0029, 0.0661, 0.0086, -0.0574, 0.0084, -0.0324, "
    "0.0056, 0.0626, -0.0833, -0.0271, -0.0526, 0.0842, -0.0840, -0.0234, -0.0898, -0.0710, -0.0399, 0.0183, -0.0883, -0.0102, -0.0545, "
    "0.0706, -0.0646, -0.0841, -0.0095, -0.0823, -0.0385, 0.0327, -0.0810, -0.0404, 0.0570, 0.0740, 0.0829, 0.0845, 0.0817, -0.0239, "
    "-0.0444, -0.0221, 0.0216, 0.0103, -0.0631, 0.0831, -0.0273, 0.0756, 0.0022, 0.0407, 0.0072, 0.0374, -0.0608, 0.0424, -0.0585, "
    "0.0505, -0.0455, 0.0268, -0.0950, -0.0642, 0.0843, 0.0760, -0.0889, -0.0617, -0.0916, 0.0102, -0.0269, -0.0011, 0.0318, 0.0278, "
    "-0.0160, 0.0159, -0.0817, 0.0768, -0.0876, -0.0524, -0.0332, -0.0583, 0.0053, 0.0503, -0.0342, -0.0319, -0.0562, 0.0376, -0.0696, "
    "0.0735, 0.0222, -0.0775, -0.0072, 0.0294, 0.0994, -0.0355, -0.0809, -0.0539, 0.0245, 0.0670, 0.0032, 0.0891, -0.0694, -0.0994, "
    "0.0126, 0.0629, 0.0936, 0.0058, -0.0073, 0.0498, 0.0616, -0.0912, -0.0490], requires_grad=True)"
)
LINEAR2_WEIGHT = (
    "Parameter containing: tensor([[ 0.0504, -0.0203, -0.0573, ..., 0.0253, 0.0642, -0.0088], [-0.0078, -0.0608, -0.0626, ..., -0.0350, "
    "-0.0028, -0.0634], [-0.0317, -0.0202, -0.0593, ..., -0.0280, 0.0571, -0.0114], ..., [ 0.0582, -0.0471, -0.0236, ..., 0.0273, "
    "0.0673, 0.0555], [ 0.0258, -0.0706, 0.0315, ..., -0.0663, -0.0133, 0.0078], [-0.0062, 0.0544, -0.0280, ..., -0.0303, -0.0326, "
    "-0.0462]], requires_grad=True)"
)
LINEAR2_BIAS = (
    "Parameter containing: tensor([ 0.0385, -0.0116, 0.0703, 0.0407, -0.0346, -0.0178, 0.0308, -0.0502, 0.0616, 0.0114], "
    "requires_grad=True)"
)
parameters, linear, conv = (partial(Printed, "s3", section) for section in ("parameters", "linear", "conv"))
recurrent, pool, norm, dropout = (partial(Printed, "s3", section) for section in ("recurrent", "pool", "norm", "dropout"))
ROWS = (
    parameters("print(tinymodel)",
               "TinyModel( (linear1): Linear(in_features=100, out_features=200, bias=True) (activation): ReLU() (linear2): "
               "Linear(in_features=200, out_features=10, bias=True) (softmax): Softmax(dim=None) )",
               now.tiny),
    parameters("print(tinymodel.linear2)", "Linear(in_features=200, out_features=10, bias=True)", now.one_layer),
    parameters("tinymodel.parameters(): linear1.weight", LINEAR1_WEIGHT, partial(now.tiny_parameter, "linear1.weight")),
    parameters("tinymodel.parameters(): linear1.bias", LINEAR1_BIAS, partial(now.tiny_parameter, "linear1.bias")),
    parameters("tinymodel.parameters(): linear2.weight", LINEAR2_WEIGHT, partial(now.tiny_parameter, "linear2.weight")),
    parameters("tinymodel.parameters(): linear2.bias", LINEAR2_BIAS, partial(now.tiny_parameter, "linear2.bias")),
    parameters("linear2.parameters(): weight", LINEAR2_WEIGHT, partial(now.tiny_parameter, "linear2.weight")),
    parameters("linear2.parameters(): bias", LINEAR2_BIAS, partial(now.tiny_parameter, "linear2.bias")),
    parameters("linear layers: 2", "2", now.linear_layers),
    parameters("activations: 1", "1", now.activations),
    linear("print(x)", "tensor([[0.8790, 0.9774, 0.2547]])", now.inputs),
    linear("lin.parameters(): weight",
           "Parameter containing: tensor([[ 0.1656, 0.4969, -0.4972], [-0.2035, -0.2579, -0.3780]], requires_grad=True)",
           now.weight),
    linear("lin.parameters(): bias", "Parameter containing: tensor([0.3768, 0.3781], requires_grad=True)", now.bias),
    linear("print(y)", "tensor([[ 0.8814, -0.1492]], grad_fn=<AddmmBackward0>)", now.output),
    conv("LeNet.conv1: 1, 6, 5x5", "1, 6, 5x5", now.first_conv),
    conv("LeNet.conv2: 6, 16, 3x3", "6, 16, 3x3", now.second_conv),
    conv("LeNet.fc1: 6*6", "6*6", now.before_linear),
    conv("kernel (3, 5)", "3x5", now.oblong),
    conv("conv1(x): 6x28x28", "6x28x28", partial(now.size, "conv1")),
    conv("32 - 5 + 1", "28", now.places),
    conv("2x2: 4", "4", now.pooled_cells),
    conv("pooled conv1: 6x14x14", "6x14x14", partial(now.size, "pooled conv1")),
    conv("conv2(x): 16x12x12", "16x12x12", partial(now.size, "conv2")),
    conv("pooled conv2: 16x6x6", "16x6x6", partial(now.size, "pooled conv2")),
    conv("x.view", "16 * 6 * 6 = 576", now.flat),
    recurrent("LSTMTagger: arguments", "4", now.tagger_arguments),
    pool("print(my_tensor), to pool",
         "tensor([[[0.5036, 0.6285, 0.3460, 0.7817, 0.9876, 0.0074], [0.3969, 0.7950, 0.1449, 0.4110, 0.8216, 0.6235], [0.2347, 0.3741, "
         "0.4997, 0.9737, 0.1741, 0.4616], [0.3962, 0.9970, 0.8778, 0.4292, 0.2772, 0.9926], [0.4406, 0.3624, 0.8960, 0.6484, 0.5544, "
         "0.9501], [0.2489, 0.8971, 0.7499, 0.1803, 0.9571, 0.6733]]])",
         now.to_pool),
    pool("to pool: 6x6", "6x6", now.pool_input),
    pool("MaxPool2d(3)(my_tensor)", "tensor([[[0.7950, 0.9876], [0.9970, 0.9926]]])", now.pooled),
    norm("print(my_tensor), to norm",
         "tensor([[[ 7.7375, 23.5649, 6.8452, 16.3517], [19.5792, 20.3254, 6.1930, 23.7576], [23.7554, 20.8565, 18.4241, 8.5742], "
         "[22.5100, 15.6154, 13.5698, 11.8411]]])",
         now.to_norm),
    norm("my_tensor.mean()", "tensor(16.2188)", now.mean),
    norm("BatchNorm1d(4)(my_tensor)",
         "tensor([[[-0.8614, 1.4543, -0.9919, 0.3990], [ 0.3160, 0.4274, -1.6834, 0.9400], [ 1.0256, 0.5176, 0.0914, -1.6346], [ 1.6352, "
         "-0.0663, -0.5711, -0.9978]]], grad_fn=<NativeBatchNormBackward0>)",
         now.normed),
    norm("normed_tensor.mean()", "tensor(3.3528e-08, grad_fn=<MeanBackward0>)", now.normed_mean,
         Residue(1e-6)),
    norm("my_tensor.mean(): 15", "15", now.expected_mean),
    norm("normed_tensor.mean(): > 1e-8", "> 1e-8", now.is_small, Perhaps("rounding")),
    dropout("dropout(my_tensor)",
            "tensor([[[0.8869, 0.6595, 0.2098, 0.0000], [0.5379, 0.0000, 0.0000, 0.0000], [0.1950, 0.2424, 1.3319, 0.5738], [0.5676, "
            "0.8335, 0.0000, 0.2928]]])",
            partial(now.dropped, 1), Dropped(now.to_drop, 0.4)),
    dropout("dropout(my_tensor), again",
            "tensor([[[0.8869, 0.6595, 0.2098, 0.2878], [0.5379, 0.0000, 0.4029, 0.0000], [0.0000, 0.2424, 1.3319, 0.5738], [0.0000, "
            "0.8335, 0.9647, 0.0000]]])",
            partial(now.dropped, 2), Dropped(now.to_drop, 0.4)),
    dropout("Dropout().p", "0.5", now.usual_p),
    Printed("s3", "end", "running time", "0.029", None, Never("clock")),
)
