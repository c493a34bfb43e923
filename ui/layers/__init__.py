"""One view for each layer of the gallery: core/layers/KEY.py computes it, content/KEY.toml speaks."""
