"""What NAS-Bench-101's own files and library say about a cell: specs, hashes, parameters."""

from nasgoat.spaces.nb101.forms import MAX_NODES, official_forms
from nasgoat.spaces.nb101.hashes import module_hashes
from nasgoat.spaces.nb101.parameters import parameters, vertex_channels
from nasgoat.spaces.nb101.specs import from_spec, to_spec

__all__ = [
    "MAX_NODES",
    "from_spec",
    "module_hashes",
    "official_forms",
    "parameters",
    "to_spec",
    "vertex_channels",
]
