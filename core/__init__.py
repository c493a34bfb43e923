"""Firstlight's computations: plain PyTorch, no web page in sight. Every function here can be shown on screen."""
