"""GraB-NAS: what other datasets teach about an unseen one, Bayesian and gradient steps in turn."""
