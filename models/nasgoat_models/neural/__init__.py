"""Neural predictors as search methods, all under nasgoat's own loop (docs/neural.md).

The modules that entry points name import no PyTorch: that takes seconds, and is done when a method
makes its first choice. Their networks are in modules of their own.
"""
