"""Experiments in latent spaces: the ablations and figures of CR-LSO and GraB-NAS on real tables.

``python -m benchmarks.latent -h`` lists them; docs/latent.md says what was measured.
"""
