"""NGAE: a graph autoencoder with predictors of performance and complexity, and ascent on them."""
