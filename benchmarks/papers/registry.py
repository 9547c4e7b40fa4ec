"""All tables and figures by name."""

from __future__ import annotations

from benchmarks.papers import crlso, curves, grabnas, kernels, ngae
from benchmarks.papers.items import Item

ITEMS: dict[str, Item] = {
    item.name: item for module in (kernels, curves, crlso, ngae, grabnas) for item in module.ITEMS
}
