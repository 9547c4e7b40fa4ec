"""Neural and latent-space search methods for nasgoat."""
