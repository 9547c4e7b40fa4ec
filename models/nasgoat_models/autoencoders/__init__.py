"""Autoencoders of graphs: from architectures to points of a continuous space, and back."""
