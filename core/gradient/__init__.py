"""Autograd, followed step by step: a graph and its gradients, how they add up, and the rules."""
