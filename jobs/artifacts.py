"""The names of the files that a run leaves behind."""

WEIGHTS = "weights.safetensors"
CHECKPOINT = "checkpoint.pt"
