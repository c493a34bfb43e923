"""The layer gallery, in teaching order: key -> the classes of torch.nn that its view shows. The key is also the file's name everywhere."""

from dataclasses import dataclass

from core import fields

LAYERS: dict[str, tuple[str, ...]] = {
    "module": ("Module", "Parameter", "Sequential", "Flatten"),
    "linear": ("Linear",),
    "conv": ("Conv1d", "Conv2d", "Conv3d"),
    "pool": ("MaxPool2d", "AvgPool2d", "AdaptiveMaxPool2d", "AdaptiveAvgPool2d"),
    "norm": ("BatchNorm1d", "BatchNorm2d", "LayerNorm", "GroupNorm"),
    "dropout": ("Dropout", "Dropout2d"),
    "activation": ("ReLU", "LeakyReLU", "ELU", "SELU", "SiLU", "GELU", "Hardtanh", "Sigmoid", "Tanh", "Softplus", "Softmax"),
    "loss": ("MSELoss", "L1Loss", "SmoothL1Loss", "HuberLoss", "CrossEntropyLoss", "NLLLoss", "BCELoss", "BCEWithLogitsLoss"),
    "recurrent": ("RNN", "LSTM", "GRU"),
    "embedding": ("Embedding",),
    "transformer": ("MultiheadAttention", "TransformerEncoderLayer", "TransformerDecoderLayer", "TransformerEncoder",
                    "TransformerDecoder", "Transformer"),
    "first": ("Linear", "ReLU", "Tanh"),
}


@dataclass(frozen=True)
class LayerSpec:
    """Which layer is shown."""

    view: str = fields.choice("module", LAYERS)
