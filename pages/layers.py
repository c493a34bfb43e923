"""The layer gallery: what every building block does to a small input, in numbers."""

from core.layers import LayerSpec
from core.layers.activation import ActivationSpec
from core.layers.conv import ConvSpec
from core.layers.dropout import DropoutSpec
from core.layers.embedding import EmbeddingSpec
from core.layers.first import FirstSpec
from core.layers.linear import LinearSpec
from core.layers.loss import LossSpec
from core.layers.module import ModuleSpec
from core.layers.norm import NormSpec
from core.layers.pool import PoolSpec
from core.layers.recurrent import RecurrentSpec
from core.layers.transformer import TransformerSpec
from ui import learner, views
from ui.frame import open_page, under_app
from ui.layers import activation, conv, dropout, embedding, first, linear, loss, module, norm, pool, recurrent, transformer

PARTS = {
    "module": (ModuleSpec, module.draw),
    "linear": (LinearSpec, linear.draw),
    "conv": (ConvSpec, conv.draw),
    "pool": (PoolSpec, pool.draw),
    "norm": (NormSpec, norm.draw),
    "dropout": (DropoutSpec, dropout.draw),
    "activation": (ActivationSpec, activation.draw),
    "loss": (LossSpec, loss.draw),
    "recurrent": (RecurrentSpec, recurrent.draw),
    "embedding": (EmbeddingSpec, embedding.draw),
    "transformer": (TransformerSpec, transformer.draw),
    "first": (FirstSpec, first.draw),
}
LATER = {"module": module.LATER, "linear": linear.LATER, "conv": conv.LATER, "pool": pool.LATER, "norm": norm.LATER,
         "activation": activation.LATER, "loss": loss.LATER, "recurrent": recurrent.LATER, "embedding": embedding.LATER,
         "transformer": transformer.LATER}
WIDE = {"conv": 1.8, "cell": 1.5, "num_embeddings": 1.4, "embedding_dim": 1.4}

under_app()
t = open_page("layers")
learner.remember()
views.show(t, "layers", LayerSpec, PARTS, lambda view: t(f"{view}.question"), wide=WIDE, later=LATER)
