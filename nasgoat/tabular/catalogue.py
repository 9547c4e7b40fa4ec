"""The sets that nasgoat knows: where their files come from, and what became of them here."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from nasgoat.errors import UnknownNameError


@dataclass(frozen=True, slots=True)
class RemoteFile:
    """An official file.

    Args:
        name: of the file.
        url: where to download it; None where no program can.
        size: in bytes, as published.
        sha256: as published; None where no checksum is known.
        how: what to do without ``url``, or what to know about the checksum.
    """

    name: str
    url: str | None = None
    size: int | None = None
    sha256: str | None = None
    how: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """A set of benchmark data.

    Args:
        name: as in ``nasgoat data info NAME``.
        title: for people.
        benchmarks: what ``nasgoat run --benchmark`` calls it; a variant may follow after a colon.
        files: official files that ``fetch`` downloads and ``import`` reads.
        local: files or folders in the data directory that hold its table, any one of these groups.
        package: what to ``pip install`` where the data come with a package, and its import name.
        licence: of the data, as far as it is stated.
        citation: whom to cite.
        note: what a user must know.
    """

    name: str
    title: str
    benchmarks: str
    files: tuple[RemoteFile, ...] = ()
    local: tuple[tuple[str, ...], ...] = ()
    package: tuple[str, str] | None = None
    licence: str = "not stated"
    citation: str = ""
    note: str = field(default="")

    def present(self, folder: Path) -> list[Path]:
        """The files or folders of the first group that a folder holds in whole; none if none."""
        for group in self.local:
            paths = [folder / name for name in group]
            if all(path.exists() for path in paths):
                return paths
        return []


YING = "Ying et al., NAS-Bench-101: Towards Reproducible Neural Architecture Search, ICML 2019"
ZELA = (
    "Zela et al., Surrogate NAS Benchmarks: Going Beyond the Limited Search Spaces of Tabular NAS "
    "Benchmarks, ICLR 2022"
)
BUCKET = "https://storage.googleapis.com/nasbench"
DRIVE = "https://drive.usercontent.google.com/download?export=download&confirm=t&id="
THIRD_PARTY = "the checksum comes from a third party and was not verified"

CATALOGUE: dict[str, Entry] = {
    entry.name: entry
    for entry in (
        Entry(
            "nasbench101",
            "NAS-Bench-101",
            "nasbench101",
            (
                RemoteFile(
                    "nasbench_only108.tfrecord",
                    f"{BUCKET}/nasbench_only108.tfrecord",
                    sha256="4c39c3936e36a85269881d659e44e61a245babcb72cb374eacacf75d0e5f4fd1",
                    how="about 499 MB",
                ),
                RemoteFile(
                    "nasbench_full.tfrecord",
                    f"{BUCKET}/nasbench_full.tfrecord",
                    2_085_986_016,
                    "3d64db8180fb1b0207212f9032205064312b6907a3bbc81eabea10db2f5c7e9c",
                    how="also 4, 12 and 36 epochs",
                ),
            ),
            (("nasbench101.parquet",),),
            licence="Apache-2.0",
            citation=YING,
        ),
        Entry(
            "nasbench101-surrogate",
            "NAS-Bench-101, a surrogate for the whole space",
            "nasbench101-surrogate",
            local=(
                ("nasbench101-surrogate.parquet",),
                ("nasbench101_surrogate.npz", "nasbench101_space.npz"),
            ),
            citation=YING,
            note="Predictions, not measurements.",
        ),
        Entry(
            "nasbench101-30k",
            "NAS-Bench-101, 30,001 measured cells",
            "nasbench101-30k",
            local=(
                ("nasbench101-30k.parquet",),
                ("nasbench101_30k.npz", "nasbench101_space.npz"),
            ),
            citation=YING,
        ),
        Entry(
            "nasbench201",
            "NAS-Bench-201",
            "nasbench201",
            (
                RemoteFile(
                    "NATS-tss-v1_0-3ffb9-simple.tar",
                    f"{DRIVE}17_saCsj_krKjlCBLOJEpNtzPXArMCqxU",
                    1_145_989_120,
                    "580fd8f3425fed9f495640b0f12ccb7744f89dec7aff263bd75aed37ab0b8bb6",
                    how=THIRD_PARTY,
                ),
                RemoteFile(
                    "NAS-Bench-201-v1_1-096897.pth",
                    f"{DRIVE}16Y0UwGisiouVRxW-W5hEtbxmcHw_0hF_",
                    how="4.7 GB; no checksum is known",
                ),
            ),
            (("nasbench201.parquet",),),
            licence="MIT",
            citation="Dong and Yang, NAS-Bench-201: Extending the Scope of Reproducible Neural "
            "Architecture Search, ICLR 2020",
        ),
        Entry(
            "nasbench301",
            "NAS-Bench-301, surrogate models",
            "nasbench301",
            (
                RemoteFile(
                    "nasbench301_models_v1.0.zip",
                    "https://figshare.com/ndownloader/files/24992018",
                    sha256="e807411d6a454841965d3157a977896683b716dc48743049bd6be0ce94210824",
                    how=THIRD_PARTY,
                ),
            ),
            (("nasbench301-xgb",),),
            licence="Apache-2.0",
            citation=ZELA,
            note="A surrogate: its values are predictions. The models are converted once after the "
            "download (docs/tables.md).",
        ),
        Entry(
            "nasbench301-sample-surrogate",
            "NAS-Bench-301, a surrogate of 1,218 of its predictions",
            "nasbench301-sample-surrogate",
            local=(("nasbench301-sample.parquet",), ("nasbench301_naslib_sample.csv.gz",)),
            licence="Apache-2.0",
            citation=ZELA,
            note="A surrogate of a surrogate, for runs without the official models.",
        ),
        Entry(
            "nasbench301-trainings",
            "NAS-Bench-301, training data",
            "nasbench301-trainings",
            (
                RemoteFile(
                    "nasbench301_full_data.zip",
                    how="see https://github.com/automl/nasbench301 for the address",
                ),
            ),
            (("nasbench301-trainings.parquet",),),
            licence="Apache-2.0",
            citation=ZELA,
        ),
        Entry(
            "nasbench301-sample",
            "NAS-Bench-301, 1,218 predictions",
            "nasbench301-sample",
            local=(("nasbench301-sample.parquet",), ("nasbench301_naslib_sample.csv.gz",)),
            licence="Apache-2.0",
            citation=ZELA,
            note="Predictions of a surrogate, its noise included.",
        ),
        Entry(
            "enas",
            "ENAS networks of D-VAE",
            "enas",
            (
                RemoteFile(
                    "final_structures6.txt",
                    "https://raw.githubusercontent.com/muhanzhang/D-VAE/master/data/"
                    "final_structures6.txt",
                    1_677_427,
                    "fea9a7dde1545e7d3bd58fd4b9c3db08a89c18e0351f770cde2fe530c4791725",
                ),
            ),
            (("enas.parquet",), ("enas6.npz",)),
            licence="MIT",
            citation="Zhang et al., D-VAE: A Variational Autoencoder for Directed Acyclic Graphs, "
            "NeurIPS 2019",
            note="Accuracies of networks that share their weights.",
        ),
        Entry(
            "nasbench-macro",
            "NAS-Bench-Macro",
            "nasbench-macro",
            (
                RemoteFile(
                    "nas-bench-macro_cifar10.json",
                    "https://raw.githubusercontent.com/xiusu/NAS-Bench-Macro/master/data/"
                    "nas-bench-macro_cifar10.json",
                    how="no checksum is known",
                ),
            ),
            (("nasbench-macro.parquet",), ("nasbenchmacro.npz",)),
            licence="Apache-2.0",
            citation="Su et al., Prioritized Architecture Sampling with Monto-Carlo Tree Search, "
            "CVPR 2021",
            note="Test accuracies only: the objective is a test error.",
        ),
        Entry(
            "nasbench-graph",
            "NAS-Bench-Graph",
            "nasbench-graph",
            package=("nas-bench-graph==1.4.0", "nas_bench_graph"),
            licence="Apache-2.0",
            citation="Qin et al., NAS-Bench-Graph: Benchmarking Graph Neural Architecture Search, "
            "NeurIPS 2022",
        ),
        Entry(
            "analog-nasbench",
            "AnalogNAS-Bench",
            "analog-nasbench",
            package=("'nasgoat[data]'", "analognasbench"),
            note="The package states no licence; its repository says MIT.",
        ),
    )
}


def entry(name: str) -> Entry:
    """A set by name.

    Raises:
        UnknownNameError: there is none of that name.
    """
    return CATALOGUE[UnknownNameError.unless_among("set", name, CATALOGUE)]
