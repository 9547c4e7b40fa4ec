"""CR-LSO: a latent space of graphs, regularised to be convex, and the search in it."""
