"""Importers of official files, by the name of their set."""

from __future__ import annotations

from nasgoat.tabular.importers.base import Importer, ImportProgress
from nasgoat.tabular.importers.enas import EnasImporter
from nasgoat.tabular.importers.nasbench101 import NasBench101Importer
from nasgoat.tabular.importers.nasbench201 import NasBench201Importer
from nasgoat.tabular.importers.nasbench301 import NasBench301Importer
from nasgoat.tabular.importers.nasbench_macro import NasBenchMacroImporter
from nasgoat.tabular.importers.packages import AnalogNasBenchImporter, NasBenchGraphImporter

IMPORTERS: dict[str, Importer] = {
    importer.name: importer
    for importer in (
        NasBench101Importer(),
        NasBench201Importer(),
        NasBench301Importer(),
        EnasImporter(),
        NasBenchMacroImporter(),
        NasBenchGraphImporter(),
        NasBenchGraphImporter(
            "nasbench-graph-proteins", ("proteins.bench", "light"), proteins=True
        ),
        AnalogNasBenchImporter(),
    )
}

__all__ = ["IMPORTERS", "ImportProgress", "Importer"]
