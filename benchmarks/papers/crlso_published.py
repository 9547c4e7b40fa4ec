"""Numbers of the paper on CR-LSO: accuracies in %, means over runs with standard deviations."""

from __future__ import annotations

from collections.abc import Iterator

from benchmarks.papers.items import Mean, published

OURS = "CR-LSO (ours)"

TABLE1 = published(
    ("method", "queries", "test", "ranking"),
    ("RE", 2000, (93.96, 0.05), 89.0),
    ("NAO", 300, (93.69, 0.06), 1191.0),
    ("NAO", 2000, (93.90, 0.03), 169.0),
    ("Yehui", None, (94.01, 0.12), 47.0),
    ("SemiNAS", 300, (93.89, 0.06), 197.0),
    ("SemiNAS", 2000, (94.02, 0.05), 43.0),
    ("ReNAS", 4236, (93.95, 0.11), 93.0),
    (OURS, 5000, (94.23, 0.0), 2.0),
    (OURS, 2000, (94.22, 1e-5), 3.0),
    (OURS, 1000, (94.15, 1e-3), 8.0),
    (OURS, 500, (94.06, 2e-3), 72.0),
)


def _accuracies(text: str) -> Iterator[tuple[str, list[Mean]]]:
    """Lines of a name, and means with their deviations; ``-`` where there is none."""
    for line in text.strip().splitlines():
        name, _, numbers = line.partition("|")
        words = numbers.split()
        pairs = zip(words[::2], words[1::2], strict=True)
        yield name, [(float(mean), None if sd == "-" else float(sd)) for mean, sd in pairs]


TABLE2 = tuple(
    {"data": data, "method": method, "valid": means[2 * i], "test": means[2 * i + 1]}
    for method, means in _accuracies(
        """
DARTS|39.77 0.00 54.30 0.00 15.03 0.00 15.61 0.00 16.43 0.00 16.32 0.00
ENAS|37.51 3.19 53.89 0.58 13.37 2.35 13.96 2.33 15.06 1.95 14.84 2.10
GDAS|89.89 0.08 93.61 0.09 71.34 0.04 70.70 0.30 41.59 1.33 41.71 0.98
RS|90.93 0.36 93.70 0.36 70.93 1.09 71.04 1.07 44.45 1.10 44.57 1.25
REINFORCE|91.09 0.37 93.85 0.37 71.61 1.12 71.71 1.09 45.05 1.02 45.24 1.18
BOHB|90.82 0.53 93.61 0.52 72.59 0.82 72.37 0.90 45.44 0.70 45.26 0.83
ReNAS|90.90 0.31 93.99 0.25 71.96 0.99 72.12 0.79 45.85 0.47 45.97 0.49
FairNAS|90.07 0.57 93.23 0.18 70.94 0.94 71.00 1.46 41.90 1.00 42.19 0.31
arch2vec-BO|91.41 0.22 94.18 0.24 73.35 0.32 73.37 0.30 46.34 0.18 46.27 0.37
CR-LSO (ours)|91.54 0.05 94.35 0.05 73.44 0.17 73.47 0.14 46.51 0.05 46.98 0.35
optimal|91.61 - 94.37 - 73.49 - 73.51 - 46.77 - 47.31 -
"""
    )
    for i, data in enumerate(("CIFAR10", "CIFAR100", "ImageNet16-120"))
)
QUERIES = (200, 400, 800, 1600, 3200)
TABLE3 = tuple(
    {"space": name.split(",")[0], "method": name.split(",")[1], "budget": queries, "valid": mean}
    for name, means in _accuracies(
        """
discrete,US|94.16 0.02 94.22 0.05 94.29 0.03 94.35 0.04 94.41 0.03
LS,RS|94.04 0.06 94.19 0.08 94.30 0.05 94.36 0.08 94.40 0.05
LS,TPE|94.42 0.07 94.51 0.07 94.63 0.10 94.70 0.10 94.77 0.06
LS,CMA-ES|94.34 0.05 94.59 0.15 94.83 0.09 94.89 0.08 94.92 0.06
CR-LS,RS|94.17 0.06 94.23 0.05 94.31 0.06 94.35 0.04 94.42 0.03
CR-LS,TPE|94.50 0.06 94.65 0.03 94.76 0.04 94.81 0.09 94.88 0.06
CR-LS,CMA-ES|94.37 0.09 94.60 0.06 94.82 0.08 94.93 0.08 94.98 0.08
CR-LS,NAO|94.49 0.01 94.55 0.04 94.72 0.08 94.71 0.03 94.75 0.04
CR-LS,CR-LSO (ours)|94.53 0.04 94.80 0.06 94.89 0.06 94.94 0.08 94.98 0.02
"""
    )
    for queries, mean in zip(QUERIES, means, strict=True)
)
TABLE4 = tuple(
    {"share": share, "queries": queries, "valid": pair}
    for queries, *pairs in (
        (400, (94.70, 0.03), (94.77, 0.06), (94.72, 0.06)),
        (800, (94.85, 0.07), (94.86, 0.12), (94.83, 0.09)),
        (1600, (94.97, 0.04), (94.95, 0.06), (94.94, 0.05)),
        (3200, (95.02, 0.03), (95.00, 0.07), (94.95, 0.05)),
    )
    for share, pair in zip((0.25, 0.5, 0.75), pairs, strict=True)
)
TABLE5 = tuple(
    {"K": seeds, "queries": queries, "valid": pair}
    for queries, *pairs in (
        (200, (94.57, 0.05), (94.59, 0.05), (94.50, 0.09)),
        (400, (94.71, 0.06), (94.77, 0.06), (94.73, 0.06)),
        (800, (94.87, 0.02), (94.86, 0.12), (94.88, 0.04)),
        (1600, (94.96, 0.05), (94.95, 0.06), (94.90, 0.09)),
        (3200, (95.00, 0.05), (95.00, 0.07), (94.99, 0.02)),
    )
    for seeds, pair in zip((5, 10, 15), pairs, strict=True)
)
TABLE6 = tuple(
    {"encoder": encoder, "queries": queries, "test": pair}
    for queries, *pairs in (
        (500, (94.06, 0.03), (93.02, 0.02), (94.94, 0.04)),
        (1000, (94.15, 0.01), (94.13, 0.02), (94.09, 0.03)),
        (2000, (94.22, 0.01), (94.22, 0.02), (94.14, 0.01)),
    )
    for encoder, pair in zip(("gnn", "lstm", "mlp"), pairs, strict=True)
)
LABELS = ("fewest", "more", "most")  # the numbers are missing from the text
TABLE7 = tuple(
    {"encoder": encoder, "labels": labels, "spearman": pair[0], "kendall": pair[1]}
    for encoder, *pairs in (
        (
            "GNN",
            ((0.67, 0.01), (0.49, 0.01)),
            ((0.76, 0.01), (0.56, 0.01)),
            ((0.87, 0.01), (0.69, 0.01)),
        ),
        (
            "LSTM",
            ((0.63, 0.02), (0.44, 0.01)),
            ((0.72, 0.02), (0.52, 0.01)),
            ((0.85, 0.00), (0.64, 0.00)),
        ),
        (
            "MLP",
            ((0.48, 0.02), (0.32, 0.01)),
            ((0.61, 0.01), (0.43, 0.01)),
            ((0.79, 0.01), (0.58, 0.00)),
        ),
    )
    for labels, pair in zip(LABELS, pairs, strict=True)
)
TABLE8 = published(
    ("regulariser", "labels", "pearson", "kendall"),
    ("ICNN", 100, (0.831, 0.009), (0.634, 0.011)),
    ("ICNN", 400, (0.932, 0.002), (0.777, 0.003)),
    ("ICNN", 1600, (0.950, 0.002), (0.812, 0.004)),
    ("MLP", 100, (0.823, 0.012), (0.629, 0.013)),
    ("MLP", 400, (0.930, 0.003), (0.773, 0.006)),
    ("MLP", 1600, (0.948, 0.002), (0.812, 0.004)),
)
