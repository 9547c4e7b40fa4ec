"""The encoder, predictor and decoder of NAO."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy, normalize


class Nao(nn.Module):
    """Sequences to embeddings and back, and a prediction from the embedding.

    The embedding is the outputs of an LSTM, one per position, each of length 1. The prediction is
    made of their mean. The decoder is an LSTM that attends to them.

    Args:
        counts: number of alternatives at each of ``T`` positions.
        width: of the LSTMs and of what they read.
    """

    admissible: Tensor

    def __init__(self, counts: Sequence[int], width: int) -> None:
        super().__init__()
        most = max(counts)
        self.token = nn.Embedding(most + 1, width)  # the last one begins a sequence
        self.place = nn.Embedding(len(counts), width)
        self.encoder = nn.LSTM(width, width, batch_first=True)
        self.predictor = nn.Sequential(nn.Linear(width, width), nn.ReLU(), nn.Linear(width, 1))
        self.decoder = nn.LSTM(width, width, batch_first=True)
        self.output = nn.Linear(2 * width, most)
        allowed = torch.arange(most) < torch.tensor(counts)[:, None]  # (T, A)
        self.register_buffer("admissible", allowed)

    def encode(self, tokens: Tensor) -> Tensor:
        """Embed sequences, ``(B, T)`` to ``(B, T, width)``."""
        read, _ = self.encoder(self.token(tokens) + self.place.weight)
        return normalize(read, dim=2)

    def predict(self, embedding: Tensor) -> Tensor:
        """Predict targets, ``(B, T, width)`` to ``(B,)``."""
        return self.predictor(embedding.mean(dim=1))[:, 0]

    def logits(self, embedding: Tensor, tokens: Tensor) -> Tensor:
        """Score all alternatives when those before are known, ``(B, T, A)``; -inf for none.

        Args:
            embedding: ``(B, T, width)``.
            tokens: ``(B, T)``, of which the decoder sees those before each position.
        """
        begin = torch.full_like(tokens[:, :1], self.token.num_embeddings - 1)
        before = torch.cat([begin, tokens[:, :-1]], dim=1)  # (B, T)
        return self._scored(embedding, before, None, 0)[0]

    def decode(self, embedding: Tensor) -> Tensor:
        """Choose the likeliest alternative at each position, ``(B, T)``."""
        token = torch.full((len(embedding), 1), self.token.num_embeddings - 1)
        state, chosen = None, []
        for t in range(len(self.admissible)):
            scores, state = self._scored(embedding, token, state, t)
            token = scores.argmax(dim=2)  # (B, 1)
            chosen.append(token)
        return torch.cat(chosen, dim=1)

    def reconstruction(self, embedding: Tensor, tokens: Tensor) -> Tensor:
        """Mean cross entropy of the decoder."""
        return cross_entropy(self.logits(embedding, tokens).flatten(0, 1), tokens.flatten())

    def _scored(
        self, embedding: Tensor, before: Tensor, state: tuple[Tensor, Tensor] | None, first: int
    ) -> tuple[Tensor, tuple[Tensor, Tensor]]:
        """Scores at positions from ``first`` on, and the state after them."""
        places = slice(first, first + before.shape[1])
        read, after = self.decoder(self.token(before) + self.place.weight[places], state)
        attention = torch.softmax(read @ embedding.mT, dim=2)  # (B, t, T)
        context = attention @ embedding  # (B, t, width)
        scores = self.output(torch.cat([read, context], dim=2))
        return scores.masked_fill(~self.admissible[places], -torch.inf), after
